import type { Answer, Decision, Explanation, Request } from "@cordon/engine";
import type { DecisionRecordInput, RequestRecord } from "../log/index.js";
import type { Ignored } from "./admission.js";
import { prepareContext } from "./context.js";
import { newDecisionId } from "./decision-id.js";
import { type DecodedRequest, decodeRequest } from "./decode.js";
import { guardAnswer } from "./guard.js";
import { encodeMembers, RecordingEntities, recordEntities, uidJson } from "./recording.js";
import { refuse, replyTo } from "./reply.js";
import { checkRequest } from "./request-check.js";
import { type ResolvedEntities, resolveEntities } from "./resolve.js";
import type { Snapshot } from "./snapshot.js";

/** What is the same for every request of one call. */
export interface Call {
  readonly now: Date;
  readonly caller: string;
  readonly traceId: string | null;
  readonly recording: boolean;
  readonly explaining: boolean;
}

export interface Evaluated {
  readonly decision: Decision;
  /** Null where the call does not record. */
  readonly record: DecisionRecordInput | null;
  /** Null where the call does not explain. */
  readonly explanation: Explanation | null;
}

/**
 * One decision from request to record, without I/O.
 *
 * @throws RequestError for a malformed request
 */
export function evaluate(snapshot: Snapshot, input: unknown, call: Call): Evaluated {
  const started = call.recording ? performance.now() : 0;
  const decoded = decodeRequest(input, snapshot.model);
  const refusal = checkRequest(decoded, snapshot.model);
  if (refusal !== null) {
    const decision = refuse(newDecisionId(), refusal, snapshot.bundle.id, unused(decoded));
    const record = call.recording ? recordOf(call, decision, refusedRequest(decoded), [], started) : null;
    return { decision, record, explanation: call.explaining ? { decision: "deny", policies: [] } : null };
  }
  return evaluateKnown(snapshot, decoded, call, started);
}

function evaluateKnown(snapshot: Snapshot, decoded: DecodedRequest, call: Call, started: number): Evaluated {
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

function recordOf(
  call: Call,
  decision: Decision,
  request: RequestRecord,
  entities: DecisionRecordInput["entities"],
  started: number,
): DecisionRecordInput {
  return {
    id: decision.id,
    time: call.now.toISOString(),
    caller: call.caller,
    traceId: call.traceId,
    bundleId: decision.bundleId,
    request,
    entities,
    decision: decision.decision,
    reasonCode: decision.reason.code,
    policies: decision.policies.map(({ id }) => id),
    errors: decision.errors,
    obligations: decision.obligations,
    durationUs: Math.round((performance.now() - started) * 10_000) / 10,
  };
}

function requestRecord(
  request: Request,
  added: string[],
  { principal, resource }: ResolvedEntities,
): RequestRecord {
  const record: RequestRecord = {
    principal: uidJson(request.principal),
    action: uidJson(request.action),
    resource: uidJson(request.resource),
    context: encodeMembers(request.context),
    added,
  };
  if (principal !== null || resource !== null) {
    record.properties = {
      ...(principal === null ? {} : { principal: encodeMembers(principal.given) }),
      ...(resource === null ? {} : { resource: encodeMembers(resource.given) }),
    };
  }
  return record;
}

/** Of a refused request nothing but its names was looked at. */
function refusedRequest({ principal, action, resource }: DecodedRequest): RequestRecord {
  return {
    principal: uidJson(principal.uid),
    action: uidJson(action.uid),
    resource: uidJson(resource.uid),
    context: {},
    added: [],
  };
}

function unused({ principal, action, resource, context }: DecodedRequest): string[] {
  const members: [string, object | null][] = [
    ["/principal/properties", principal.properties],
    ["/action/properties", action.properties],
    ["/resource/properties", resource.properties],
    ["/context", context],
  ];
  return members
    .filter(([, given]) => given !== null && Object.keys(given).length > 0)
    .map(([pointer]) => pointer);
}
