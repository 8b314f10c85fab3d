import type { Decision, Request } from "@cordon/engine";
import type { DecisionRecordInput, RequestRecord } from "../log/index.js";
import type { DecodedRequest } from "./decode.js";
import { encodeMembers, uidJson } from "./recording.js";
import type { ResolvedEntities } from "./resolve.js";

/** What of a call its records say. */
export interface RecordedCall {
  readonly now: Date;
  readonly caller: string;
  readonly traceId: string | null;
}

/** A decision as the log keeps it. */
export function recordOf(
  call: RecordedCall,
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

export function requestRecord(
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
export function refusedRequest({ principal, action, resource }: DecodedRequest): RequestRecord {
  return {
    principal: uidJson(principal.uid),
    action: uidJson(action.uid),
    resource: uidJson(resource.uid),
    context: {},
    added: [],
  };
}

/** JSON pointers to everything in a request beside its names. */
export function unused({ principal, action, resource, context }: DecodedRequest): string[] {
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
