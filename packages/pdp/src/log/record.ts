import type { JsonObject } from "@cordon/engine/json";

/** An entity uid in its JSON form. */
export interface UidJson {
  type: string;
  id: string;
}

/** One entity that the decision consulted, as it was at that moment. */
export interface EntityRecord {
  uid: UidJson;
  /** Attributes in Cedar's explicit JSON form, projected to those that policies mention. */
  attrs: JsonObject;
  tags?: JsonObject;
  /** Every ancestor, direct or not. */
  ancestors: UidJson[];
  /** Where each attribute came from: `caller`, `static`, or the name of a source. */
  from: Record<string, string>;
  /** By source, what it said of this entity: how old that was. Absent where no source was asked. */
  fetched?: Record<string, FetchedRecord>;
}

/** The age of what a source said. */
export interface FetchedRecord {
  /** RFC 3339, UTC, milliseconds: when it was asked. */
  at: string;
  /** At the moment of the decision. */
  ageMs: number;
  /** Older than it should have been, because the source failed. */
  stale?: true;
}

/** What a decision could do without, or had to, of what sources could have said. */
export interface SourcesRecord {
  /** Nothing was evaluated, because it was not certain who asks. */
  refused?: true;
  /** Policies that were not evaluated to the end: the answer rests on the others alone. */
  open?: string[];
  /** Sources that gave no answer where one was needed. */
  unavailable?: { source: string; code: string }[];
  /** By member of the context, the source that gave it. */
  context?: Record<string, FetchedRecord & { source: string }>;
}

/** The question as it was evaluated, after the decision point added what it alone vouches for. */
export interface RequestRecord {
  principal: UidJson;
  action: UidJson;
  resource: UidJson;
  /** Cedar JSON, as evaluated. */
  context: JsonObject;
  /** Members of `context` that the decision point added. */
  added: string[];
  /** What the caller sent along with principal, action and resource, where anything was sent. */
  properties?: { principal?: JsonObject; action?: JsonObject; resource?: JsonObject };
}

/** What was searched for: that part of the request has an empty id. */
export interface SearchRecord {
  for: "principal" | "action" | "resource";
  /** Results on this page. */
  found: number;
  /** Whether it was not the last page. */
  more: boolean;
}

/** A plan that was given out: the resource of the request has an empty id. */
export interface PlanRecord {
  outcome: "always" | "never" | "when";
  /** False: its rows are to be decided one by one. */
  exact: boolean;
}

/** One decision, with all that is needed to answer the same question again. */
export interface DecisionRecordInput {
  /** Decision id, unique in the log. */
  id: string;
  /** RFC 3339, UTC, milliseconds. */
  time: string;
  caller: string;
  /** W3C trace id. */
  traceId: string | null;
  bundleId: string;
  request: RequestRecord;
  entities: EntityRecord[];
  /** Absent where no source had a say. */
  sources?: SourcesRecord;
  decision: "allow" | "deny";
  reasonCode: string;
  /** Determining policies. */
  policies: string[];
  errors: { policyId: string; message: string }[];
  obligations: { id: string; policyId: string }[];
  durationUs: number;
  /** Of a page of a search, which is no decision: its results each are. `decision` says whether there were any. */
  search?: SearchRecord;
  /** Of a plan, which is no decision. `decision` says whether any resource can be allowed by it. */
  plan?: PlanRecord;
  /** False where the record can't answer the question again; redaction sets it. Default true. */
  replayable?: boolean;
}

/** A record as it lies in the log. */
export interface StoredRecord extends DecisionRecordInput {
  replayable: boolean;
  /** Position in the log, from 1, without gaps. */
  seq: number;
  /** Hash of the record before it, 64 hex; 64 zeros before the first. */
  previousHash: string;
  /** SHA-256 over the previous hash and the stored bytes of this record, 64 hex. */
  hash: string;
}
