import { allows } from "../allows.js";
import type { Environment } from "../environment.js";
import { Failure } from "../failure.js";
import { evaluate } from "../interpret/evaluate.js";
import { expectBool } from "../ops/index.js";
import type { Expr } from "../policy/expression.js";
import type { PolicyId } from "../policy/types.js";
import type { Condition } from "./types.js";

/** Whether one policy is satisfied, as far as that is known. */
export function holds(expr: Expr, whenErrs: boolean, policyId: PolicyId): Condition {
  return { kind: "holds", expr, whenErrs, policyId };
}

/** Cedar's combination of policies as a condition. */
export function allowed(permits: readonly Condition[], forbids: readonly Condition[]): Condition {
  const permitted = connect("any", permits);
  const forbidden = connect("any", forbids);
  if (typeof permitted === "boolean" && typeof forbidden === "boolean") return allows(permitted, forbidden);
  return connect("all", [permitted, negate(forbidden)]);
}

/** What a condition comes to where everything is known. */
export function conditionHolds(condition: Condition, environment: Environment): boolean {
  if (typeof condition === "boolean") return condition;
  switch (condition.kind) {
    case "all":
      return condition.conditions.every((inner) => conditionHolds(inner, environment));
    case "any":
      return condition.conditions.some((inner) => conditionHolds(inner, environment));
    case "not":
      return !conditionHolds(condition.condition, environment);
    case "holds":
      try {
        return expectBool(evaluate(condition.expr, environment));
      } catch (error) {
        if (error instanceof Failure) return condition.whenErrs;
        throw error;
      }
  }
}

function negate(condition: Condition): Condition {
  return typeof condition === "boolean" ? !condition : { kind: "not", condition };
}

/** Without the conditions that settle nothing. */
function connect(kind: "all" | "any", conditions: readonly Condition[]): Condition {
  const decisive = kind === "any";
  if (conditions.includes(decisive)) return decisive;
  const open = conditions.filter((condition) => typeof condition !== "boolean");
  const [only, ...others] = open;
  if (only === undefined) return !decisive;
  return others.length === 0 ? only : { kind, conditions: open };
}
