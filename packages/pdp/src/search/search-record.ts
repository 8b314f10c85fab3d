import { EntityUid, type FoundAction, type FoundEntity, type SearchResult } from "@cordon/engine";
import type { DecisionRecordInput, SearchRecord } from "../log/index.js";
import { recordOf, refusedRequest } from "../pipeline/decision-record.js";
import type { DecodedRequest } from "../pipeline/decode.js";
import type { Call } from "../pipeline/evaluate.js";

/** A page of results, and how the log keeps that it was given out. */
export interface Searched<T> {
  readonly result: SearchResult<T>;
  readonly record: DecisionRecordInput;
}

/**
 * The record of one page: who was told of how much, and by which policies. The results are not in it: each is a
 * decision that the bundle and the data of that time answer.
 */
export function searchRecord(
  kind: SearchRecord["for"],
  call: Call,
  request: DecodedRequest,
  result: SearchResult<FoundEntity | FoundAction>,
  started: number,
): DecisionRecordInput {
  const { id, bundleId, results, nextToken, reason } = result;
  const found = results.length;
  const decision = {
    id,
    bundleId,
    decision: found > 0 ? ("allow" as const) : ("deny" as const),
    reason: reason ?? { code: found > 0 ? ("permitted" as const) : ("no_permit" as const), message: "" },
    policies: [],
    errors: [],
    obligations: [],
    ignored: [],
  };
  const names = refusedRequest(withoutId(kind, request));
  return {
    ...recordOf(call, decision, names, [], started),
    search: { for: kind, found, more: nextToken !== "" },
    replayable: false,
  };
}

function withoutId(kind: SearchRecord["for"], request: DecodedRequest): DecodedRequest {
  const part = request[kind];
  return { ...request, [kind]: { ...part, uid: EntityUid.of(part.uid.type, "") } };
}
