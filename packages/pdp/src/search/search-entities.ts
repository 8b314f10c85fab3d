import type { FoundEntity } from "@cordon/engine";
import { newDecisionId } from "../pipeline/decision-id.js";
import type { Call } from "../pipeline/evaluate.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { SourceError } from "../sources/index.js";
import type { Asked } from "./asked.js";
import { collect, type EntityPage, type EntityQuery } from "./collect.js";
import { unanswered } from "./decide-each.js";
import { stampOfFiles } from "./files.js";
import { readPage } from "./page.js";
import { type PageTokens, type SearchIdentity, START } from "./page-token.js";
import { queryText } from "./query-text.js";
import { askPrincipals } from "./search-principals.js";
import { type Searched, searchRecord } from "./search-record.js";
import { askResources } from "./search-resources.js";

export type EntitySearchKind = "resource" | "principal";

const ASK = { resource: askResources, principal: askPrincipals };

/**
 * One page of a search for resources or principals.
 *
 * @throws RequestError, also (`not_searchable`) where nothing can list all that might be results
 * @throws PlanUnavailable where a source gave no answer
 */
export async function searchEntities(
  kind: EntitySearchKind,
  snapshot: Snapshot,
  input: unknown,
  call: Call,
  tokens: PageTokens,
): Promise<Searched<FoundEntity>> {
  const started = performance.now();
  const asked = await ASK[kind](snapshot, input, call);
  const request = input as { page?: unknown };
  const { limit, token } = readPage(request.page);
  const identity = identityOf(kind, snapshot, request, asked, call);
  const now = call.now.getTime();
  const from = token === undefined ? START : tokens.open(token, identity, now);
  const { type, called, outlook, requestFor } = asked;
  const page = await pageOf(snapshot, { type, outlook, limit, from, requestFor }, call);
  const { reason } = outlook;
  const result = {
    id: newDecisionId(),
    bundleId: snapshot.bundle.id,
    results: page.ids.map((id) => ({ type: called, id })),
    nextToken: page.next === null ? "" : tokens.seal(page.next, identity, now),
    ...(reason === undefined ? {} : { reason }),
    ignored: [...outlook.ignored],
  };
  return { result, record: searchRecord(kind, call, asked.request, result, started) };
}

/** Ids in files are part of it: a result that moves from a source to a file between two pages would be lost. */
function identityOf(
  kind: EntitySearchKind,
  snapshot: Snapshot,
  request: object,
  { type }: Asked,
  call: Call,
): SearchIdentity {
  const state = `${snapshot.bundle.id} ${stampOfFiles(snapshot, type)}`;
  return { query: queryText(kind, request), caller: call.caller, state };
}

/** What the source would say is not known, so that nothing is whole. */
async function pageOf(snapshot: Snapshot, query: EntityQuery, call: Call): Promise<EntityPage> {
  try {
    return await collect(snapshot, query, call);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { source, code, message } = error;
    throw unanswered(`\`${source}\`: ${message}`, [{ source, code, message }]);
  }
}
