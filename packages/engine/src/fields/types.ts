import type { DecideOptions, Decision, DecisionFailure, DecisionRequest } from "../decider.js";
import type { Plan, PlanRequest } from "../plan.js";

/** What stands in the place of an attribute's value: a value that is always the same, or a few of its characters. */
export type Mask = null | string | number | boolean | { readonly first: number } | { readonly last: number };

/** Which attributes of one resource a principal may act on. Every attribute of its type is in one of the three. */
export interface Fields<A extends string = string> {
  /** Of the action itself: where it isn't an allow, every attribute is hidden. */
  readonly decision: Decision;
  readonly allowed: readonly A[];
  readonly masked: { readonly [Name in A]?: Mask };
  readonly hidden: readonly A[];
  /** Of the actions that groups of attributes need beside. */
  readonly needed: readonly NeededAction<A>[];
}

export interface NeededAction<A extends string = string> {
  readonly action: string;
  readonly attributes: readonly A[];
  /** A failure counts as a deny. */
  readonly decision: Decision | DecisionFailure;
}

/** The same of all resources of a type: which rows, and for which of them which attributes. */
export interface FieldPlan<P = unknown> {
  readonly rows: Plan<P>;
  /** Attributes that need nothing beside: those of every row. */
  readonly allowed: readonly string[];
  readonly groups: readonly PlannedGroup<P>[];
}

export interface PlannedGroup<P = unknown> {
  readonly action: string;
  readonly attributes: readonly string[];
  /** Shown for the rows of the plan; the mask stands in their place in the others, or nothing does. */
  readonly plan: Plan<P>;
  /** Absent where they are hidden. */
  readonly mask?: Mask;
}

/** A decider that also knows of attributes. */
export interface FieldDecider {
  /**
   * Each decision that this takes is a decision like any other, in the log too.
   *
   * @throws RequestError for a malformed request, or `schema_missing` where nobody knows which attributes there are
   */
  fields(request: DecisionRequest, options?: DecideOptions): Promise<Fields>;
  /** @throws as `fields`, and what `plan` of a planner throws */
  planFields(request: PlanRequest, options?: DecideOptions): Promise<FieldPlan>;
}
