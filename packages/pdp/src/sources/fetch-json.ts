import { JsonError, type JsonValue, parseJson } from "@cordon/engine/json";
import { SourceError } from "./source-error.js";

const MAX_BYTES = 1024 * 1024;

/**
 * A JSON document of bounded size. Redirects are not followed: an answer comes from the address that the
 * settings name, or not at all.
 *
 * @param what what is fetched, for messages: neither the URL nor the answer is shown
 * @throws SourceError
 */
export async function fetchJson(
  source: string,
  what: string,
  url: string,
  init: RequestInit & { signal: AbortSignal },
): Promise<JsonValue> {
  const bytes = await ask(source, what, url, init);
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof JsonError ? error.message : "it is not UTF-8";
    throw new SourceError("source_malformed", source, `${what} can't be read: ${why}`, HELP);
  }
}

const HELP = "check the address in the settings of the source";

async function ask(
  source: string,
  what: string,
  url: string,
  init: RequestInit & { signal: AbortSignal },
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, redirect: "manual" });
    if (response.status !== 200) {
      await response.body?.cancel();
      const message = `asked for ${what}, the server answered ${response.status}`;
      throw new SourceError("source_refused", source, message, HELP, { passing: response.status >= 500 });
    }
    return await readBody(response, () => {
      throw new SourceError("source_malformed", source, `${what} has more than ${MAX_BYTES} bytes`, HELP);
    });
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (init.signal.aborted) {
      throw new SourceError("source_timeout", source, `${what} did not come in time`, HELP);
    }
    throw new SourceError("source_unreachable", source, `${what} can't be had: ${reasonOf(error)}`, HELP);
  }
}

async function readBody(response: Response, tooLarge: () => never): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_BYTES) tooLarge();
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/** The code of what went wrong, such as `ECONNREFUSED`: messages may hold addresses and more. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as NodeJS.ErrnoException;
  return code ?? (error.cause === undefined ? error.name : reasonOf(error.cause));
}
