import type { RequestError } from "@cordon/engine";
import { malformed } from "../pipeline/admission.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { idsAfter, type Listed, type ListFilter, type LiveSource, SourceError } from "../sources/index.js";
import { idsInFiles, isEnumerated } from "./files.js";

/** Where entities of a type are listed, one part after the other. */
export interface Place {
  /** Up to `limit` entities after one; fewer where there are no more. `filtered`: the filter holds for each. */
  next(after: string | null, limit: number, signal: AbortSignal): Promise<Part>;
  /** Whether the filter is applied here, so that only as many need be asked for as are wanted. */
  readonly filters: boolean;
}

/** What a place lists. */
export interface Part extends Listed {
  /** Where to go on; null: there are no more. */
  readonly next: string | null;
}

/**
 * The places that together have all entities of a type, each in one of them: the project's files, then the source.
 *
 * @throws RequestError `not_searchable` where nothing can list them all
 */
export function placesOf(snapshot: Snapshot, type: string, filter: ListFilter | undefined): readonly Place[] {
  const ids = idsInFiles(snapshot, type);
  const source = listingSource(snapshot, type);
  const files: Place = {
    filters: false,
    next: async (after, limit) => partOf({ ids: idsAfter(ids, after, limit), filtered: false }, limit),
  };
  if (source !== undefined) return [files, sourcePlace(source, type, filter, new Set(ids))];
  if (ids.length === 0 && !isEnumerated(snapshot, type)) {
    throw notSearchable(
      `nothing lists entities of type \`${type}\`: no source has them, and the project's files have none`,
      "map the type in a `sql` source, or keep its entities in files",
    );
  }
  return [files];
}

/** The one source that has entities of a type; undefined where none has any. */
export function listingSource({ live }: Snapshot, type: string): LiveSource | undefined {
  const sources = live?.relevance.sources.routes.get(type)?.sources ?? [];
  const [source, other] = sources;
  if (source === undefined) return undefined;
  const mute = sources.find((one) => !one.canList(type));
  if (mute !== undefined) {
    throw notSearchable(
      `the source \`${mute.name}\` has entities of type \`${type}\` and can't list them`,
      "only a table of a `sql` source, files, a directory that was pushed, and a custom source with `list` can",
    );
  }
  if (other !== undefined) {
    throw notSearchable(
      `entities of type \`${type}\` are in the sources \`${source.name}\` and \`${other.name}\`, and neither has all`,
      "keep the type in one source",
    );
  }
  return source;
}

/** Entities that are in the files as well were met there. */
function sourcePlace(
  source: LiveSource,
  type: string,
  filter: ListFilter | undefined,
  inFiles: ReadonlySet<string>,
): Place {
  return {
    filters: filter !== undefined,
    next: async (after, limit, signal) => {
      const request = { type, after, limit, ...(filter === undefined ? {} : { filter }) };
      const listed = await source.list(request, signal);
      const part = partOf(listed, limit);
      if (part.next !== null && part.next === after) throw stuck(source.name, type);
      return { ...part, ids: part.ids.filter((id) => !inFiles.has(id)) };
    },
  };
}

function partOf(listed: Listed, limit: number): Part {
  const last = listed.ids.at(-1);
  return { ...listed, next: listed.ids.length < limit || last === undefined ? null : last };
}

export function notSearchable(message: string, help: string): RequestError {
  return malformed("not_searchable", message, "", help);
}

function stuck(source: string, type: string): SourceError {
  const message = `it lists the same entities of type \`${type}\` again and again`;
  return new SourceError(
    "source_malformed",
    source,
    message,
    "list those after `after`, in an order of their own",
  );
}
