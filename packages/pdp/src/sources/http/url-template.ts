import { SourceError } from "../source-error.js";

/** An address of which ids are a part, or none of it. */
export interface Address {
  readonly origin: URL;
  /** Path and query, as they go over the wire. Undefined for an id that would change the shape of the path. */
  pathFor(id: string): string | undefined;
}

// A word that no address has of itself and that no encoding changes.
const MARK = "cordon-id-c0rd0n";

/**
 * Reads an address in which `{id}` stands for the id: in the path or the query and nowhere else. Whatever an id is,
 * the request goes to the same host, and to a path with the same number of segments.
 *
 * @throws SourceError `source_settings`; nothing of the address is in it
 */
export function urlTemplate(
  source: string,
  text: string,
  options: { takesId: boolean; plaintext: boolean },
): Address {
  const marked = text.replaceAll("{id}", MARK);
  if (!URL.canParse(marked)) throw unusable(source, "can't be read");
  const url = new URL(marked);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw unusable(source, "is not of the web");
  if (url.protocol === "http:" && !options.plaintext && !isThisMachine(url.hostname)) {
    throw unusable(source, "begins with `http:`: say `plaintext: true` if it is meant to be read on the way");
  }
  if (url.username !== "" || url.password !== "") throw unusable(source, "has a user in it: use `headers`");
  const path = url.pathname + url.search;
  if (url.href.split(MARK).length !== path.split(MARK).length) {
    throw unusable(source, "has `{id}` outside of path and query");
  }
  if (path.includes(MARK) !== options.takesId) {
    throw unusable(source, options.takesId ? "has no `{id}`" : "is for batches and takes no `{id}`");
  }
  const pieces = path.split(MARK);
  const isSegment = url.pathname.split("/").includes(MARK);
  return {
    origin: url,
    pathFor: (id) => {
      if (id === "" || (isSegment && (id === "." || id === ".."))) return undefined;
      const encoded = encode(id);
      return encoded === undefined ? undefined : pieces.join(encoded);
    },
  };
}

function encode(id: string): string | undefined {
  try {
    return encodeURIComponent(id).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    // Half of a surrogate pair has no bytes.
    return undefined;
  }
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function unusable(source: string, message: string): SourceError {
  return new SourceError(
    "source_settings",
    source,
    `an address in its settings ${message}`,
    "see `types` of the source",
  );
}
