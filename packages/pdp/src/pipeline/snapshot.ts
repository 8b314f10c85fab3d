import {
  type Authorizer,
  type Bundle,
  compile,
  type Entities,
  type EntityData,
  type PolicyId,
  type PolicyInfo,
} from "@cordon/engine";
import type { EntityRecordCache } from "./recording.js";
import { buildRequestModel, type RequestModel } from "./request-model.js";

/** What a determining policy adds to a decision, prepared once a bundle. */
export interface PolicyVoice {
  readonly id: PolicyId;
  readonly effect: PolicyInfo["effect"];
  /** The policy's `@reason`. */
  readonly reason?: string;
  /** The policy's `@obligation("a, b")`. */
  readonly obligations: readonly string[];
}

/** The entities that decisions are made on, and how those of a single request are laid over them. */
export interface ProjectEntities extends Entities {
  /** @throws EngineError `entity_cycle` */
  overlay(extra: Iterable<EntityData>): Entities;
}

/** Everything one decision needs, immutable: a decision is answered from exactly one. */
export interface Snapshot {
  readonly bundle: Bundle;
  readonly authorizer: Authorizer;
  readonly model: RequestModel;
  readonly store: ProjectEntities;
  readonly voices: ReadonlyMap<PolicyId, PolicyVoice>;
  readonly entityRecords: EntityRecordCache;
}

export function buildSnapshot(bundle: Bundle, store: ProjectEntities): Snapshot {
  const authorizer = compile(bundle);
  const voices = new Map<PolicyId, PolicyVoice>();
  for (const policy of authorizer.policies()) voices.set(policy.id, voiceOf(policy));
  const model = buildRequestModel(bundle);
  return { bundle, authorizer, model, store, voices, entityRecords: new WeakMap() };
}

/** The same bundle over other entities. Their records depend on the bundle only, so those stay. */
export function withEntities(snapshot: Snapshot, store: ProjectEntities): Snapshot {
  return { ...snapshot, store };
}

function voiceOf(policy: PolicyInfo): PolicyVoice {
  const { id, effect } = policy;
  const reason = annotation(policy, "reason");
  const obligations = (annotation(policy, "obligation") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return { id, effect, obligations, ...(reason === undefined ? {} : { reason }) };
}

function annotation(policy: PolicyInfo, name: string): string | undefined {
  return Object.hasOwn(policy.annotations, name) ? policy.annotations[name] : undefined;
}
