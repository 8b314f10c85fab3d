import type { JsonValue } from "@cordon/engine/json";
import { parseJson, stringifyJson } from "@cordon/engine/json";
import { StoreError } from "../store-error.js";
import type { DecisionRecordInput } from "./record.js";

/** What the log can be filtered by. Every column is derived from the record, and verified against it. */
export interface RecordColumns {
  id: string;
  /** Milliseconds since 1970. */
  time: number;
  principalType: string;
  principalId: string;
  actionType: string;
  actionId: string;
  resourceType: string;
  resourceId: string;
  decision: "allow" | "deny";
  caller: string;
  /** Determining and erring policies, each once. */
  policies: string[];
}

/** A record ready to be written: the bytes that are hashed, and the columns. */
export interface EncodedRecord {
  columns: RecordColumns;
  body: string;
}

export function encodeRecord(record: DecisionRecordInput): EncodedRecord {
  const columns = columnsOf(record);
  if (!Number.isSafeInteger(columns.time)) {
    throw new StoreError("record_invalid", `\`${record.time}\` is not an RFC 3339 time`);
  }
  return { columns, body: encodeBody(record) };
}

/**
 * The bytes of a record that are stored and hashed: JSON with members in one order, so that equal records
 * have equal bytes, and a record read from its bytes encodes to the same bytes again.
 */
export function encodeBody(record: DecisionRecordInput): string {
  const ordered = {
    id: record.id,
    time: record.time,
    caller: record.caller,
    traceId: record.traceId,
    bundleId: record.bundleId,
    decision: record.decision,
    reasonCode: record.reasonCode,
    policies: record.policies,
    errors: record.errors,
    obligations: record.obligations,
    request: record.request,
    entities: record.entities,
    ...(record.sources === undefined ? {} : { sources: record.sources }),
    durationUs: record.durationUs,
    ...(record.search === undefined ? {} : { search: record.search }),
    ...(record.plan === undefined ? {} : { plan: record.plan }),
    replayable: record.replayable ?? true,
  };
  try {
    return JSON.stringify(ordered);
  } catch {
    // integers beyond 2^53, which JSON.stringify refuses, are rare enough to pay for a second walk
    return stringifyJson(ordered as unknown as JsonValue);
  }
}

/** A record may hold whatever a request held. */
const LENIENT = { allowLoneSurrogates: true, maxDepth: 2_000 };

/** Reads the bytes that {@link encodeBody} made. Throws `store_corrupt` where they are no record. */
export function decodeBody(body: string): DecisionRecordInput & { replayable: boolean } {
  try {
    // JSON.parse rounds integers beyond 2^53 and reads everything else alike, several times faster
    const value: unknown = /\d{16}/.test(body) ? parseJson(body, LENIENT) : JSON.parse(body);
    const record = value as DecisionRecordInput & { replayable: boolean };
    columnsOf(record);
    return record;
  } catch (cause) {
    throw new StoreError("store_corrupt", "a stored record can't be read", {
      cause,
      help: "`cordon log verify` says which records were altered",
    });
  }
}

/** The one derivation of columns, used for writing and for verifying. */
export function columnsOf(record: DecisionRecordInput): RecordColumns {
  const { principal, action, resource } = record.request;
  return {
    id: columnText(record.id),
    time: Date.parse(record.time),
    principalType: columnText(principal.type),
    principalId: columnText(principal.id),
    actionType: columnText(action.type),
    actionId: columnText(action.id),
    resourceType: columnText(resource.type),
    resourceId: columnText(resource.id),
    decision: record.decision,
    caller: columnText(record.caller),
    policies: policiesOf(record),
  };
}

export function policiesOf(record: DecisionRecordInput): string[] {
  if (record.errors.length === 0 && record.policies.length < 2) return record.policies.map(columnText);
  const all = new Set(record.policies.map(columnText));
  for (const error of record.errors) all.add(columnText(error.policyId));
  return [...all];
}

/** Text as a column can hold it: SQLite's text is UTF-8, without lone surrogates, and ends badly at a NUL. */
export function columnText(text: string): string {
  return UNFIT.test(text) ? text.replace(EACH_UNFIT, "\uFFFD") : text;
}

const UNFIT = /\0|\p{Surrogate}/u;
const EACH_UNFIT = /\0|\p{Surrogate}/gu;
