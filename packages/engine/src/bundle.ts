import type { JsonValue } from "./json/value.js";
import type { Effect, PolicyId, PolicySetJson } from "./policy/types.js";
import type { ResolvedSchema } from "./schema.js";

/** A policy project, parsed, validated and hashed. Immutable; needs no parser to load. */
export interface Bundle {
  formatVersion: 1;
  /** 64 hexadecimal digits: SHA-256 of the canonical JSON of all the rest. */
  id: string;
  policies: PolicySetJson;
  sources: Record<PolicyId, PolicySource>;
  schema: ResolvedSchema | null;
  settings: Record<string, JsonValue>;
}

/** Where a policy was written. Lines and columns count from 1, columns and offsets in UTF-16 units. */
export interface PolicySource {
  file: string;
  /** The policy's own text. */
  text: string;
  line: number;
  column: number;
  clauses: ClauseSource[];
}

export interface ClauseSource {
  kind: "when" | "unless";
  /** Offsets into the policy's text. */
  start: number;
  end: number;
  line: number;
  column: number;
}

/** What an authorizer knows about a static policy or a template link. */
export interface PolicyInfo {
  id: PolicyId;
  effect: Effect;
  /** An annotation without a value has the empty text. */
  annotations: Record<string, string>;
  templateId?: PolicyId;
  /** A link's source is its template's. */
  source?: PolicySource;
}
