import {
  type Authorizer,
  type Bundle,
  type CompileCache,
  compile,
  type Entities,
  type EntityData,
  type PolicyId,
  type PolicyInfo,
} from "@cordon/engine";
import type { SourceSet } from "../sources/index.js";
import type { EntityRecordCache } from "./recording.js";
import { Relevance } from "./relevance.js";
import { buildRequestModel, type RequestModel } from "./request-model.js";
import { Shapes } from "./shapes.js";
import { TwoIdentities } from "./two-identities.js";

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
  /** Null where the project has no sources: then every decision is made on what is at hand. */
  readonly live: LiveSources | null;
}

/** The sources of a snapshot, and how much a request may ask of them. */
export interface LiveSources {
  readonly relevance: Relevance;
  readonly shapes: Shapes;
  readonly limits: ResolveLimits;
  /** The clock that ages are measured by, in milliseconds. */
  readonly now: () => number;
}

/** How much a request may ask for. */
export interface ResolveLimits {
  /** Rounds of asking. */
  readonly rounds: number;
  /** How long all of them may take, in milliseconds. */
  readonly deadlineMs: number;
  /** Whether to ask ahead for what is only perhaps needed, to save rounds. */
  readonly ahead: boolean;
}

/** The member of the context that is the actor, where the settings don't say. */
const DEFAULT_ACTOR = "actor";

export const DEFAULT_LIMITS: ResolveLimits = { rounds: 16, deadlineMs: 2_000, ahead: false };

/** Bundles never change, and those of one project share the policies that didn't change from one to the next. */
const compiled: CompileCache = new WeakMap();

export function buildSnapshot(bundle: Bundle, store: ProjectEntities): Snapshot {
  const authorizer = authorizerOf(bundle);
  const voices = new Map<PolicyId, PolicyVoice>();
  for (const policy of authorizer.policies()) voices.set(policy.id, voiceOf(policy));
  const model = buildRequestModel(bundle);
  return { bundle, authorizer, model, store, voices, entityRecords: new WeakMap(), live: null };
}

/** The setting `identity` has every request with an actor decided for both. */
function authorizerOf(bundle: Bundle): Authorizer {
  const authorizer = compile(bundle, { cache: compiled });
  const { identity } = bundle.settings;
  if (typeof identity !== "object" || identity === null || Array.isArray(identity)) return authorizer;
  const { both, actor } = identity;
  if (both !== true) return authorizer;
  return new TwoIdentities(authorizer, typeof actor === "string" ? actor : DEFAULT_ACTOR, bundle.schema);
}

/** The same with other sources. */
export function withSources(
  snapshot: Snapshot,
  sources: SourceSet | null,
  limits: ResolveLimits = DEFAULT_LIMITS,
): Snapshot {
  if (sources === null) return { ...snapshot, live: null };
  const relevance = new Relevance(sources, snapshot.authorizer.attributeNames);
  return {
    ...snapshot,
    live: { relevance, shapes: new Shapes(snapshot.authorizer), limits, now: () => performance.now() },
  };
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
