import { isPlainObject, malformed } from "../pipeline/admission.js";

/** Results on a page where the request doesn't say. */
export const DEFAULT_LIMIT = 100;
/** The most results on a page. */
export const MAX_LIMIT = 1_000;

export interface Page {
  readonly limit: number;
  readonly token: string | undefined;
}

/** @throws RequestError */
export function readPage(input: unknown): Page {
  if (input === undefined || input === null) return { limit: DEFAULT_LIMIT, token: undefined };
  if (!isPlainObject(input)) {
    throw malformed("member_type", "`page` must be an object", "/page", "write an object, such as `{}`");
  }
  const { limit, token } = input as Record<string, unknown>;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) >= 0)) {
    throw malformed(
      "member_type",
      "`limit` must be a whole number, 0 or more",
      "/page/limit",
      "say how many results the page may have at most",
    );
  }
  if (token !== undefined && typeof token !== "string") {
    throw malformed(
      "member_type",
      "`token` must be text",
      "/page/token",
      "send `next_token` of the page before",
    );
  }
  return {
    limit: Math.min((limit as number | undefined) ?? DEFAULT_LIMIT, MAX_LIMIT),
    // As `next_token` of the last page is empty, so is the token of a search that begins.
    token: token === "" ? undefined : token,
  };
}
