import type { FoundAction, SearchResult } from "@cordon/engine";
import { isPlainObject, malformed } from "../pipeline/admission.js";
import { newDecisionId } from "../pipeline/decision-id.js";
import { unused } from "../pipeline/decision-record.js";
import { type DecodedRequest, decodeRequest } from "../pipeline/decode.js";
import type { Call } from "../pipeline/evaluate.js";
import { checkRequest } from "../pipeline/request-check.js";
import type { ActionModel } from "../pipeline/request-model.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { idsAfter } from "../sources/index.js";
import { decideEach } from "./decide-each.js";
import { readPage } from "./page.js";
import { type PageTokens, START } from "./page-token.js";
import { notSearchable } from "./places.js";
import { queryText } from "./query-text.js";
import { type Searched, searchRecord } from "./search-record.js";

/** Stands for the action, which is any. */
const ANY_ACTION = { name: 'Action::""' };

/**
 * One page of the actions that a principal may do to a resource, of those that apply to their types.
 *
 * @throws RequestError, also where some action can't be decided because its context is incomplete
 * @throws PlanUnavailable where a source gave no answer
 */
export async function searchActions(
  snapshot: Snapshot,
  input: unknown,
  call: Call,
  tokens: PageTokens,
): Promise<Searched<FoundAction>> {
  const started = performance.now();
  if (!isPlainObject(input)) {
    const help = "give `principal` and `resource`";
    throw malformed("request_invalid", "the request is not an object", "", help);
  }
  const { page, action: _, ...rest } = input as Record<string, unknown>;
  const { limit, token } = readPage(page);
  const identity = { query: queryText("action", rest), caller: call.caller, state: snapshot.bundle.id };
  const now = call.now.getTime();
  const from = token === undefined ? START : tokens.open(token, identity, now);
  const request = decodeRequest({ ...rest, action: ANY_ACTION }, snapshot.model);
  const { names, ...told } = await answerActions(snapshot, rest, request, call);
  const left = idsAfter(names, from.after, limit + 1);
  const shown = left.slice(0, limit);
  const next = left.length > limit ? { place: 0, after: shown.at(-1) ?? from.after } : null;
  const result = {
    id: newDecisionId(),
    bundleId: snapshot.bundle.id,
    results: shown.map((name) => ({ name })),
    nextToken: next === null ? "" : tokens.seal(next, identity, now),
    ...told,
  };
  return { result, record: searchRecord("action", call, request, result, started) };
}

interface Answered extends Pick<SearchResult<never>, "reason" | "ignored"> {
  readonly names: readonly string[];
}

async function answerActions(
  snapshot: Snapshot,
  request: object,
  decoded: DecodedRequest,
  call: Call,
): Promise<Answered> {
  const { model } = snapshot;
  if (model.schema === null) {
    throw notSearchable("without a schema nothing says which actions there are", "write a schema");
  }
  const { principal, resource, action } = decoded;
  const refusal = checkRequest({ ...decoded, action: { ...action, model: null } }, model);
  if (refusal !== null && refusal.code !== "unknown_action") {
    return { names: [], reason: refusal, ignored: unused(decoded) };
  }
  const [ofPrincipal, ofResource] = [principal.uid.type, resource.uid.type];
  const names = [...model.byUid.values()]
    .filter((one) => one.principalTypes.has(ofPrincipal) && one.resourceTypes.has(ofResource))
    .map((one) => nameOf(one, snapshot, ofPrincipal, ofResource))
    .sort();
  const requests = names.map((name) => ({ ...request, action: name }));
  const nameAt = (index: number): string => names[index] ?? "";
  const answers = await decideEach(snapshot, requests, { ...call, recording: false }, nameAt);
  return { names: names.filter((_, index) => answers[index]), ignored: [] };
}

/** The shortest text by which a decision between these types finds the action. */
function nameOf({ uid }: ActionModel, { model }: Snapshot, principal: string, resource: string): string {
  const namesakes = model.byName.get(uid.id) ?? [];
  const fitting = namesakes.filter(
    (one) => one.principalTypes.has(principal) && one.resourceTypes.has(resource),
  );
  return fitting.length === 1 ? uid.id : uid.toString();
}
