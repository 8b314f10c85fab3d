import type {
  ActionInput,
  Credentials,
  DecideOptions,
  DecisionRequest,
  EntityInput,
  ReasonCode,
} from "./decider.js";

/** Which part of the results is asked for. */
export interface SearchPage {
  /** `nextToken` of the page before; without it the search begins. */
  token?: string;
  /** The most results wanted. A page may have fewer and yet not be the last: only an empty `nextToken` says so. */
  limit?: number;
}

/** "Which resources of this type may the principal do this to?" */
export interface ResourceSearch {
  principal: EntityInput;
  action: ActionInput;
  /** The type of the resources searched for. */
  resourceType: string;
  context?: Record<string, unknown>;
  /** As of a decision. */
  credentials?: Credentials;
  page?: SearchPage;
}

/** "Who of this type may do this to the resource?" */
export interface PrincipalSearch {
  /** The type of the principals searched for. */
  principalType: string;
  action: ActionInput;
  resource: EntityInput;
  context?: Record<string, unknown>;
  /** As of a decision. */
  credentials?: Credentials;
  page?: SearchPage;
}

/** "What may the principal do to the resource?" */
export interface ActionSearch extends Omit<DecisionRequest, "action"> {
  page?: SearchPage;
}

export interface FoundEntity {
  /** As the search called it. */
  type: string;
  id: string;
}

export interface FoundAction {
  /** What a decision request calls it. */
  name: string;
}

/** One page of results: each is something that a decision made at that moment allows. */
export interface SearchResult<T> {
  /** UUIDv7; the id of this page's record in the log. */
  id: string;
  bundleId: string;
  results: T[];
  /** What the next page is asked for with; empty where this is the last. */
  nextToken: string;
  /** Why none, where that is no matter of policies. */
  reason?: { code: ReasonCode; message: string };
  /** JSON pointers to request members that were accepted and not used. */
  ignored: string[];
}

/**
 * A decider that also searches. The pages of a search together are whole: whatever was there all along and is
 * allowed is in them, once, in an order that doesn't change. What can't be answered whole is an error.
 *
 * Each method rejects with RequestError for a malformed request, a token that is not for this search any more, or
 * (`not_searchable`) for what nothing can list; and with PlanUnavailable where a source gave no answer.
 */
export interface Searcher {
  searchResources(request: ResourceSearch, options?: DecideOptions): Promise<SearchResult<FoundEntity>>;
  searchPrincipals(request: PrincipalSearch, options?: DecideOptions): Promise<SearchResult<FoundEntity>>;
  searchActions(request: ActionSearch, options?: DecideOptions): Promise<SearchResult<FoundAction>>;
}

/**
 * Every result of a search, page after page:
 * `for await (const ticket of allPages((page) => decider.searchResources({ …, page })))`.
 *
 * @param limit results asked for at a time
 */
export async function* allPages<T>(
  search: (page: SearchPage) => Promise<SearchResult<T>>,
  limit?: number,
): AsyncGenerator<T, void, undefined> {
  const size = limit === undefined ? {} : { limit };
  let page = await search(size);
  yield* page.results;
  while (page.nextToken !== "") {
    page = await search({ ...size, token: page.nextToken });
    yield* page.results;
  }
}
