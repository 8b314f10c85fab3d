import type { AbortSignalLike, Answer, Decision, Explanation, FetchReport, Request } from "@cordon/engine";
import type { DecisionRecordInput } from "../log/index.js";
import type { Ignored } from "./admission.js";
import { prepareContext } from "./context.js";
import { newDecisionId } from "./decision-id.js";
import { recordOf, refusedRequest, requestRecord, unused } from "./decision-record.js";
import { type DecodedRequest, decodeRequest } from "./decode.js";
import { guardAnswer } from "./guard.js";
import { RecordingEntities, recordEntities } from "./recording.js";
import { refuse, replyTo } from "./reply.js";
import { checkRequest, type Refusal } from "./request-check.js";
import { resolveEntities } from "./resolve.js";
import type { Snapshot } from "./snapshot.js";

/** What is the same for every request of one call. */
export interface Call {
  readonly now: Date;
  readonly caller: string;
  readonly traceId: string | null;
  readonly recording: boolean;
  readonly explaining: boolean;
  /** How old data of sources may be, in milliseconds, where the caller says so. */
  readonly maxAgeMs?: number;
  /** Whoever asks leaves with it. */
  readonly signal?: AbortSignalLike;
}

export interface Evaluated {
  readonly decision: Decision;
  /** Null where the call does not record. */
  readonly record: DecisionRecordInput | null;
  /** Null where the call does not explain. */
  readonly explanation: Explanation | null;
  /** What sources were asked, where the call explains and there are sources. */
  readonly report?: FetchReport;
}

/** Answers a request that the schema knows, from what is at hand. */
export type Evaluation<E> = (snapshot: Snapshot, decoded: DecodedRequest, call: Call, started: number) => E;

/**
 * One decision from request to record, without I/O.
 *
 * @throws RequestError for a malformed request
 */
export function evaluate(snapshot: Snapshot, input: unknown, call: Call): Evaluated {
  return evaluateBy(evaluateKnown, snapshot, input, call);
}

/** The same with another way to answer the requests that the schema knows. */
export function evaluateBy<E>(
  evaluation: Evaluation<E>,
  snapshot: Snapshot,
  input: unknown,
  call: Call,
): E | Evaluated {
  const started = call.recording ? performance.now() : 0;
  const decoded = decodeRequest(input, snapshot.model);
  const refusal = checkRequest(decoded, snapshot.model);
  if (refusal !== null) return refuseRequest(snapshot, decoded, refusal, call, started);
  return evaluation(snapshot, decoded, call, started);
}

/** Denies a request without looking at more than its names. */
export function refuseRequest(
  snapshot: Snapshot,
  decoded: DecodedRequest,
  refusal: Refusal,
  call: Call,
  started: number,
): Evaluated {
  const decision = refuse(newDecisionId(), refusal, snapshot.bundle.id, unused(decoded));
  const record = call.recording ? recordOf(call, decision, refusedRequest(decoded), [], started) : null;
  return { decision, record, explanation: call.explaining ? { decision: "deny", policies: [] } : null };
}

/** Answers from what is at hand. */
export function evaluateKnown(
  snapshot: Snapshot,
  decoded: DecodedRequest,
  call: Call,
  started: number,
): Evaluated {
  const ignored: Ignored = [];
  const { context, added } = prepareContext(decoded, call.now, ignored);
  const resolved = resolveEntities(decoded, snapshot.model, snapshot.store, ignored);
  const request: Request = {
    principal: decoded.principal.uid,
    action: decoded.action.uid,
    resource: decoded.resource.uid,
    context,
  };
  const entities = call.recording ? new RecordingEntities(resolved.entities) : resolved.entities;
  const answer: Answer = snapshot.authorizer.isAuthorized(request, entities);
  const verdict = guardAnswer(answer, snapshot.authorizer);
  const decision = replyTo(newDecisionId(), verdict, answer, snapshot, ignored);
  const explanation = call.explaining ? snapshot.authorizer.explain(request, resolved.entities) : null;
  if (!(entities instanceof RecordingEntities)) return { decision, record: null, explanation };
  const consulted = recordEntities(
    entities.consulted,
    snapshot.authorizer.attributeNames,
    snapshot.entityRecords,
  );
  const record = recordOf(call, decision, requestRecord(request, added, resolved), consulted, started);
  return { decision, record, explanation };
}
