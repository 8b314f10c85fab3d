import {
  type Answer,
  type Authorizer,
  type Bundle,
  CedarRecord,
  type CedarValueJson,
  decodeValue,
  type EntityData,
  EntityStore,
  EntityUid,
  type Explanation,
  type Value,
} from "@cordon/engine";
import type { JsonObject } from "@cordon/engine/json";
import type { EntityRecord, StoredRecord, UidJson } from "../log/index.js";
import type { DecodedRequest } from "./decode.js";
import { type GuardedAnswer, guardAnswer, guardPartial } from "./guard.js";
import { checkRequest } from "./request-check.js";
import { buildSnapshot, type Snapshot } from "./snapshot.js";

/** What a recorded decision gives when it is answered again from its record alone. */
export interface Replay {
  readonly record: StoredRecord;
  /** Whether decision, reason code, determining policies and errors are those recorded. */
  readonly same: boolean;
  /** What differs, or why nothing can be compared, in words; empty when `same`. */
  readonly differences: readonly string[];
  readonly decision: "allow" | "deny";
  readonly explanation: Explanation;
}

interface Replayed {
  decision: "allow" | "deny";
  reasonCode: string;
  policies: readonly string[];
  errors: readonly { policyId: string; message: string }[];
  explanation: Explanation;
}

/** The bundle of a record, made ready to answer it; only the record's own entities take part. */
export function replaySnapshot(bundle: Bundle): Snapshot {
  return buildSnapshot(bundle, EntityStore.from([]));
}

/** Answers a record again and compares. `snapshot` is that of the record's bundle. */
export function replayRecord(record: StoredRecord, snapshot: Snapshot): Replay {
  const replayed = answerAgain(record, snapshot);
  const differences = compare(record, replayed);
  if (differences.length > 0 && !record.replayable) {
    differences.push("values that policies read are redacted in the record, which may be the difference");
  }
  const { decision, explanation } = replayed;
  return { record, same: differences.length === 0, differences, decision, explanation };
}

function answerAgain(record: StoredRecord, snapshot: Snapshot): Replayed {
  // Who asked was in the credentials, which no record has.
  if (record.sources?.refused) return refusedAgain(record);
  const decoded = decodedRequest(record, snapshot);
  const refusal = checkRequest(decoded, snapshot.model);
  if (refusal !== null) {
    const explanation: Explanation = { decision: "deny", policies: [] };
    return { decision: "deny", reasonCode: refusal.code, policies: [], errors: [], explanation };
  }
  const request = {
    principal: decoded.principal.uid,
    action: decoded.action.uid,
    resource: decoded.resource.uid,
    context: new CedarRecord(decodeMembers(record.request.context)),
  };
  const entities = EntityStore.from(record.entities.map(entityData));
  const { verdict, answer } = guardAgain(
    record,
    snapshot.authorizer.isAuthorized(request, entities),
    snapshot.authorizer,
  );
  return {
    decision: verdict.decision,
    reasonCode: verdict.code,
    policies: verdict.policies,
    errors: answer.errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
    explanation: snapshot.authorizer.explain(request, entities),
  };
}

function refusedAgain({ reasonCode, policies, errors }: StoredRecord): Replayed {
  return { decision: "deny", reasonCode, policies, errors, explanation: { decision: "deny", policies: [] } };
}

/** What was not known when it was decided isn't known now: policies that were left open are again. */
function guardAgain(
  { sources, decision }: StoredRecord,
  answer: Answer,
  authorizer: Authorizer,
): GuardedAnswer {
  if (sources === undefined) return { verdict: guardAnswer(answer, authorizer), answer };
  const open = new Set(sources.open);
  return guardPartial(answer, authorizer, {
    open,
    decision: sources.unavailable === undefined ? decision : "undecided",
  });
}

function decodedRequest({ request }: StoredRecord, snapshot: Snapshot): DecodedRequest {
  const action = uid(request.action);
  return {
    principal: { uid: uid(request.principal), properties: null },
    resource: { uid: uid(request.resource), properties: null },
    action: { uid: action, model: snapshot.model.byUid.get(action.key) ?? null, properties: null },
    context: null,
    credentials: null,
  };
}

/** Every ancestor becomes a direct parent, which leaves the ancestors as they were. */
function entityData(record: EntityRecord): EntityData {
  return {
    uid: uid(record.uid),
    attrs: decodeMembers(record.attrs),
    ...(record.tags === undefined ? {} : { tags: decodeMembers(record.tags) }),
    parents: record.ancestors.map(uid),
  };
}

function decodeMembers(members: JsonObject): Map<string, Value> {
  const decoded = new Map<string, Value>();
  for (const name of Object.keys(members)) decoded.set(name, decodeValue(members[name] as CedarValueJson));
  return decoded;
}

function uid({ type, id }: UidJson): EntityUid {
  return EntityUid.of(type, id);
}

function compare(record: StoredRecord, replayed: Replayed): string[] {
  const differences: string[] = [];
  const check = (what: string, before: string, now: string): void => {
    if (before !== now) differences.push(`${what} was ${before || "none"} and is now ${now || "none"}`);
  };
  check("the decision", record.decision, replayed.decision);
  check("the reason code", record.reasonCode, replayed.reasonCode);
  check("the determining policies", list(record.policies), list(replayed.policies));
  check("the errors", list(record.errors.map(errorText)), list(replayed.errors.map(errorText)));
  return differences;
}

function list(items: readonly string[]): string {
  return [...items].sort().join(", ");
}

function errorText({ policyId, message }: { policyId: string; message: string }): string {
  return `${policyId}: ${message}`;
}
