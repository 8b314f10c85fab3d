import type {
  ActionInput,
  Credentials,
  DecideOptions,
  Decision,
  EntityInput,
  ReasonCode,
} from "./decider.js";
import type { Effect, PolicyId } from "./policy/types.js";

/** "Which resources of this type?": a request whose resource is any of a type. */
export interface PlanRequest {
  principal: EntityInput;
  action: ActionInput;
  /** The Cedar type of the resources asked for. */
  resourceType: string;
  context?: Record<string, unknown>;
  /** As of a decision. */
  credentials?: Credentials;
  /**
   * Leave open what a filter can't express, instead of refusing: then the plan may be inexact, and each row that
   * it lets through must be decided before it counts. Default false.
   */
  approximate?: boolean;
}

/**
 * Which resources: all, none, or those for which the predicate holds. `P` is the planner's predicate; it is
 * plain JSON, so that a plan made by a server is compiled to SQL by the application.
 */
export type Plan<P = unknown> = PlanOf<P> &
  ({ outcome: "always" } | { outcome: "never" } | { outcome: "when"; predicate: P });

interface PlanOf<P> {
  /** UUIDv7. */
  id: string;
  bundleId: string;
  resourceType: string;
  /** The policies that have a part in it, in the order of the set. */
  policies: PlanPolicy<P>[];
  /** False: each row that comes must be decided before it counts. Never false unless asked for. */
  exact: boolean;
  /** Why none, where that is no matter of policies. */
  reason?: { code: ReasonCode; message: string };
  /** JSON pointers to request members that were accepted and not used. */
  ignored: string[];
}

/** What one policy contributes to a plan. */
export interface PlanPolicy<P = unknown> {
  id: PolicyId;
  effect: Effect;
  /** The policy's `@reason`. */
  reason?: string;
  /** Which resources it is satisfied for; of a forbid also those for which it errs. */
  outcome: "always" | "when";
  /** Where the outcome is `when`. */
  predicate?: P;
}

/**
 * There is no plan, because a source that it depends on gave no answer. Whoever lists shows an error, and never
 * a part as if it were the whole.
 */
export class PlanUnavailable extends Error {
  override readonly name = "PlanUnavailable";
  readonly code = "source_unavailable";
  readonly help: string;
  /** The sources, as in a decision. */
  readonly unavailable: NonNullable<Decision["unavailable"]>;

  constructor(message: string, unavailable: NonNullable<Decision["unavailable"]>, help = "") {
    super(message);
    this.unavailable = unavailable;
    this.help = help;
  }
}

/** A decider that also plans. */
export interface Planner {
  /**
   * @throws RequestError for a malformed request, or `not_plannable`
   * @throws PlanUnavailable where a source gave no answer
   */
  plan(request: PlanRequest, options?: DecideOptions): Promise<Plan>;
}
