import type { ActionInput, DecideOptions, EntityInput } from "./decider.js";
import type { PolicyId } from "./policy/types.js";

/** "Which resources of this type?": a request whose resource is any of a type. */
export interface PlanRequest {
  principal: EntityInput;
  action: ActionInput;
  /** The Cedar type of the resources asked for. */
  resourceType: string;
  context?: Record<string, unknown>;
}

/**
 * Which resources: all, none, or those for which the predicate holds. `P` is the planner's predicate; it is
 * plain JSON, so that a plan made by a server is compiled to SQL by the application.
 */
export type Plan<P = unknown> = PlanOf &
  ({ outcome: "always" } | { outcome: "never" } | { outcome: "when"; predicate: P });

interface PlanOf {
  /** UUIDv7; the id of this plan's record in the log. */
  id: string;
  bundleId: string;
  resourceType: string;
  /** The policies that had a part in it. */
  policies: PolicyId[];
}

/** A decider that also plans. */
export interface Planner {
  /** @throws RequestError for a malformed request, or what can't be planned */
  plan(request: PlanRequest, options?: DecideOptions): Promise<Plan>;
}
