import type { Answer } from "../answer.js";
import type { Entity } from "../entities/types.js";
import type { Expr } from "../policy/expression.js";
import type { Effect, PolicyId } from "../policy/types.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { Value } from "../value/types.js";

/** Stands where a value would, and is none: any text is an ordinary value. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

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
  /** `undefined`: known to be absent. */
  readonly known: ReadonlyMap<string, Value | undefined>;
  /** Members that may be there or not, with any value; `"all"`: every member that is not known. */
  readonly unknown: ReadonlySet<string> | "all";
}

/** What is known of an entity: all of it, some of it, that there is none (`undefined`), or nothing yet. */
export interface PartialEntities {
  get(uid: EntityUid): Entity | PartialEntity | undefined;
}

/** An entity of which something is not known, perhaps not even whether it exists. */
export interface PartialEntity {
  readonly partial: true;
  readonly uid: EntityUid;
  /** `undefined`: known to be absent. */
  attribute(name: string): Value | undefined | Unknown;
  /** `undefined`: known to be absent. */
  tag(name: string): Value | undefined | Unknown;
  /** Whether the entity is in `uid`, not counting itself. */
  isIn(uid: EntityUid): boolean | Unknown;
  /** All proper ancestors. */
  ancestors(): Iterable<EntityUid> | Unknown;
}

/** What evaluation met of an entity and did not know: the next round of fetching. */
export interface Need {
  readonly uid: EntityUid;
  readonly attributes: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  /** Whether its ancestors are asked for. */
  readonly ancestors: boolean;
  /**
   * Whether some policy can't be evaluated without it, whatever else is unknown. False: something unknown that
   * comes before it in each policy may make it superfluous, so that asking for it saves a round or is in vain.
   */
  readonly certain: boolean;
}

/** What is left of one policy. */
export interface ResidualPolicy {
  readonly policyId: PolicyId;
  readonly effect: Effect;
  /**
   * A boolean expression over what is unknown, with all that is known folded into literals. The policy is
   * satisfied where it is true, and errs where it errs: an operand that is known to err is a call for which
   * `errorOf` has the error.
   */
  readonly condition: Expr;
  /** False: it is false or errs, whatever is unknown. */
  readonly mayHold: boolean;
  /** False: it has a truth value, whatever is unknown. */
  readonly mayErr: boolean;
}

export interface PartialOptions {
  /**
   * A forbid that errs denies, as the decision point has it. Without it, as in Cedar, it counts for nothing.
   * It bears on `decision` and `needs`.
   */
  readonly failClosed?: boolean;
}

/** What is left of a request. */
export interface Residual {
  /**
   * `undecided`: what is unknown can still change the decision. This is about the decision alone: of one that
   * can't change any more, unknown policies may still add to the reasons and errors.
   */
  readonly decision: Answer["decision"] | "undecided";
  /** The answer of the policies that are fully known, as if there were no others. */
  readonly answer: Answer;
  /** What is left of the others, in the order of the set; also of those that can't change the decision. */
  readonly residuals: readonly ResidualPolicy[];
  /** In the order met; none where the decision can't change. Of what no entity is known for, nothing is asked. */
  readonly needs: readonly Need[];
  /** Unknown members of the context that were met, and whether for certain, as in `Need`. */
  readonly neededContext: ReadonlyMap<string, boolean>;
  /** Whether the request is allowed, as one condition over what is unknown. */
  readonly condition: Condition;
}

/**
 * A condition that has a truth value for whatever is unknown, never an error: expressions sit in `holds`, which
 * says what their error counts as.
 */
export type Condition =
  | boolean
  | { readonly kind: "all" | "any"; readonly conditions: readonly Condition[] }
  | { readonly kind: "not"; readonly condition: Condition }
  | {
      readonly kind: "holds";
      readonly expr: Expr;
      /** What it counts as where the expression errs. */
      readonly whenErrs: boolean;
      readonly policyId: PolicyId;
    };
