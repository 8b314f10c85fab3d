import type { Outcome } from "../environment.js";
import type { Frame } from "../frame.js";
import type { Expr } from "./expression.js";
import type { Constraint, ScopePart } from "./scope.js";
import type { Effect, PolicyId } from "./types.js";

/** The conditions of a policy or template; the links of a template share one body. */
export interface PolicyBody {
  readonly effect: Effect;
  readonly annotations: Readonly<Record<string, string>>;
  readonly conditions: readonly Condition[];
  /** Those that the conditions mention by `.` or `has`. */
  readonly attributeNames: ReadonlySet<string>;
  /** The conditions as a function, made when they are first evaluated, and once for all that share the body. */
  run: Conditions | undefined;
}

/** Evaluates the clauses in order up to the first that fails or errs; never throws for an error of the policy. */
export type Conditions = (frame: Frame) => Outcome;

export interface Condition {
  readonly kind: "when" | "unless";
  readonly expr: Expr;
}

/** A static policy or a template link, ready to evaluate. */
export interface CompiledPolicy {
  readonly id: PolicyId;
  /** Position in the set; answers list policies in this order. */
  readonly ordinal: number;
  readonly templateId: PolicyId | undefined;
  readonly body: PolicyBody;
  readonly scope: Readonly<Record<ScopePart, Constraint>>;
}
