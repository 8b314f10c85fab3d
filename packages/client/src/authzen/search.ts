import {
  type ActionSearch,
  type FoundAction,
  type FoundEntity,
  type PrincipalSearch,
  RequestError,
  type ResourceSearch,
  type SearchPage,
  type SearchResult,
} from "@cordon/engine";
import { bad, decodeIgnored, decodeReason, listAt, objectAt, textAt } from "./answer.js";
import { encodeRequest } from "./request.js";

/** Where each kind of search is asked. */
export const SEARCHES = {
  principals: "/access/v1/search/subject?debug",
  resources: "/access/v1/search/resource?debug",
  actions: "/access/v1/search/action?debug",
} as const;

/** Stands where an evaluation has what is searched for; only its type is sent. */
const ANY_ID = "";

/** A Resource Search request of AuthZEN 1.0. @throws RequestError */
export function encodeResourceSearch({ resourceType, page, ...request }: ResourceSearch): unknown {
  const wire = encodeRequest({ ...request, resource: { type: resourceType, id: ANY_ID } });
  return { ...wire, resource: { type: resourceType }, ...paged(page) };
}

/** A Subject Search request of AuthZEN 1.0. @throws RequestError */
export function encodePrincipalSearch({ principalType, page, ...request }: PrincipalSearch): unknown {
  const wire = encodeRequest({ ...request, principal: { type: principalType, id: ANY_ID } });
  return { ...wire, subject: { type: principalType }, ...paged(page) };
}

/** An Action Search request of AuthZEN 1.0. @throws RequestError */
export function encodeActionSearch({ page, ...request }: ActionSearch): unknown {
  const { action: _, ...wire } = encodeRequest({ ...request, action: "any" });
  return { ...wire, ...paged(page) };
}

function paged(page: SearchPage | undefined): { page?: SearchPage } {
  return page === undefined ? {} : { page };
}

export function decodeEntities(answer: unknown): SearchResult<FoundEntity> {
  return decodeResult(answer, (item) => ({ type: textAt(item, "type"), id: textAt(item, "id") }));
}

export function decodeActions(answer: unknown): SearchResult<FoundAction> {
  return decodeResult(answer, (item) => ({ name: textAt(item, "name") }));
}

/**
 * Reads a page of results. An answer that doesn't say whether it is the last is none: it might be a part, and would
 * be taken for the whole. A server other than Cordon may leave the page out, and then has sent all.
 *
 * @throws DeciderUnavailable (`bad_answer`)
 */
function decodeResult<T>(answer: unknown, read: (item: Record<string, unknown>) => T): SearchResult<T> {
  const told = objectAt(answer, "the answer");
  if (!Array.isArray(told.results)) throw bad("`results` is not an array");
  const context = told.context === undefined ? {} : objectAt(told.context, "`context`");
  return {
    id: textAt(context, "id", ""),
    bundleId: textAt(context, "bundle", ""),
    results: listAt(told, "results").map(read),
    nextToken: told.page === undefined ? "" : textAt(objectAt(told.page, "`page`"), "next_token"),
    ...(context.reason === undefined ? {} : { reason: decodeReason(context.reason, false) }),
    ignored: decodeIgnored(context.ignored),
  };
}

/** Throws an error on, with its pointer into the body that was sent made one into the request that the caller gave. */
export function throwSearched(error: unknown): never {
  if (!(error instanceof RequestError)) throw error;
  const path = NATIVE[error.path];
  if (path === undefined) throw error;
  const { code, message, help } = error;
  throw new RequestError(code, message, { help, path });
}

const NATIVE: Readonly<Record<string, string>> = {
  "/resource/type": "/resourceType",
  "/principal/type": "/principalType",
};
