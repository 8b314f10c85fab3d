import type { Answer } from "../answer.js";
import type { Entity } from "../entities/types.js";
import type { Expr } from "../policy/expression.js";
import type { Effect, PolicyId } from "../policy/types.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { Value } from "../value/types.js";

/** An entity of which only the type is known, or not even that. */
export interface UnknownEntity {
  readonly unknown: true;
  readonly type?: string;
}

/** A request of which some parts are not known. */
export interface PartialRequest {
  readonly principal: EntityUid | UnknownEntity;
  readonly action: EntityUid | UnknownEntity;
  readonly resource: EntityUid | UnknownEntity;
  readonly context: PartialContext;
}

/** Members that are neither known nor named as unknown are absent. */
export interface PartialContext {
  readonly known: ReadonlyMap<string, Value>;
  /** Members that may be there or not, with any value; `"all"`: every member that is not known. */
  readonly unknown: ReadonlySet<string> | "all";
}

/** What is known of an entity: all of it, some of it, that there is none (`undefined`), or nothing yet. */
export interface PartialEntities {
  get(uid: EntityUid): Entity | PartialEntity | undefined;
}

export interface PartialEntity {
  readonly partial: true;
  readonly uid: EntityUid;
  /** Attributes that are known; `undefined` is known to be absent. */
  attribute(name: string): Value | undefined | "unknown";
  tag(name: string): Value | undefined | "unknown";
  /** Whether the entity is in `uid`, not counting itself. */
  isIn(uid: EntityUid): boolean | "unknown";
}

/** What evaluation met and did not know: the next round of fetching. */
export interface Need {
  readonly uid: EntityUid;
  readonly attributes: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  /** Whether its ancestors are asked for. */
  readonly ancestors: boolean;
  /** False: only needed if what comes before it doesn't settle the policy. */
  readonly certain: boolean;
}

/** What is left of one policy. */
export interface ResidualPolicy {
  readonly policyId: PolicyId;
  readonly effect: Effect;
  /** A boolean expression over what is unknown: the policy is satisfied where it is true without an error. */
  readonly condition: Expr;
}

/** What is left of a request. */
export interface Residual {
  /** `undecided`: what is unknown can still change the answer. */
  readonly decision: Answer["decision"] | "undecided";
  /** The answer as far as it is known: satisfied policies and errors that nothing unknown can change. */
  readonly answer: Answer;
  readonly residuals: readonly ResidualPolicy[];
  readonly needs: readonly Need[];
}
