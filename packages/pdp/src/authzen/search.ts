import type {
  ActionSearch,
  FoundAction,
  FoundEntity,
  PrincipalSearch,
  ResourceSearch,
  SearchPage,
  SearchResult,
} from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { splitContext } from "./credentials.js";
import { identifiedAt, namedAt, objectAt, stringAt, wrongType } from "./members.js";

/**
 * Reads the body of a Subject Search request (AuthZEN 1.0, "Subject Search API"). An id of the subject, if any, is
 * ignored, as the specification demands of what is searched for.
 *
 * @throws AuthzenError naming the member that is missing or ill-typed
 */
function decodeSubjectSearch(body: JsonValue): PrincipalSearch {
  const request = objectAt(body, "");
  return {
    principalType: stringAt(objectAt(request.subject, "/subject").type, "/subject", "type"),
    action: namedAt(request.action, "/action"),
    resource: identifiedAt(request.resource, "/resource"),
    ...rest(request),
  };
}

/** The same of a Resource Search request. @throws AuthzenError */
function decodeResourceSearch(body: JsonValue): ResourceSearch {
  const request = objectAt(body, "");
  return {
    principal: identifiedAt(request.subject, "/subject"),
    action: namedAt(request.action, "/action"),
    resourceType: stringAt(objectAt(request.resource, "/resource").type, "/resource", "type"),
    ...rest(request),
  };
}

/** The same of an Action Search request, which has no action. @throws AuthzenError */
function decodeActionSearch(body: JsonValue): ActionSearch {
  const request = objectAt(body, "");
  return {
    principal: identifiedAt(request.subject, "/subject"),
    resource: identifiedAt(request.resource, "/resource"),
    ...rest(request),
  };
}

function rest({ context, page }: JsonObject): Pick<ActionSearch, "context" | "credentials" | "page"> {
  return {
    ...(context === undefined ? {} : splitContext(context, "/context")),
    ...(page === undefined ? {} : { page: pageAt(page) }),
  };
}

function pageAt(value: JsonValue): SearchPage {
  const { token, limit } = objectAt(value, "/page");
  if (token !== undefined && typeof token !== "string") throw wrongType(token, "a string", "/page/token");
  const isCount = typeof limit === "number" && Number.isSafeInteger(limit) && limit >= 0;
  if (limit !== undefined && !isCount) throw wrongType(limit, "a whole number, 0 or more", "/page/limit");
  return {
    ...(token === undefined ? {} : { token }),
    ...(limit === undefined ? {} : { limit: limit as number }),
  };
}

/** The three searches: what they are called on the wire, a request to show, and how one is read. */
export const SEARCHES = {
  principals: {
    name: "subject",
    decode: decodeSubjectSearch,
    example: {
      subject: { type: "User" },
      action: { name: "ticket:read" },
      resource: { type: "Ticket", id: "t-1" },
    },
  },
  resources: {
    name: "resource",
    decode: decodeResourceSearch,
    example: {
      subject: { type: "User", id: "ann" },
      action: { name: "ticket:read" },
      resource: { type: "Ticket" },
      page: { limit: 50 },
    },
  },
  actions: {
    name: "action",
    decode: decodeActionSearch,
    example: { subject: { type: "User", id: "ann" }, resource: { type: "Ticket", id: "t-1" } },
  },
} as const;

/**
 * A search response. `page` is always there, so that an empty `next_token` says that these are all.
 *
 * @param wire where a member of the request lies in its body; without it, ignored members are not told
 */
export function encodeSearchResult(
  result: SearchResult<FoundEntity | FoundAction>,
  wire?: (pointer: string) => string,
): JsonObject {
  const { id, bundleId, results, nextToken, reason, ignored } = result;
  return {
    results: results as unknown as JsonValue,
    page: { next_token: nextToken, count: results.length },
    context: {
      id,
      bundle: bundleId,
      ...(reason === undefined ? {} : { reason }),
      ...(wire === undefined ? {} : { ignored: ignored.map(wire) }),
    },
  };
}
