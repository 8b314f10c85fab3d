import { constantOf, type Expr } from "../policy/expression.js";
import type { Value } from "../value/types.js";

const NOT_BOOLEAN: ReadonlySet<string> = new Set(["neg", "+", "-", "*", "getTag"]);

/** Whether an expression, where it doesn't err, is a boolean whatever it is evaluated on. */
export function isBoolean(expr: Expr): boolean {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "boolean";
    case "and":
    case "or":
    case "has":
    case "is":
    case "like":
      return true;
    case "unary":
    case "binary":
      return !NOT_BOOLEAN.has(expr.operator);
    case "if":
      return isBoolean(expr.then) && isBoolean(expr.otherwise);
    default:
      return false;
  }
}

/** The value of a literal that `===` compares as Cedar does. */
export function primitiveOf(expr: Expr): Exclude<Value, object> | undefined {
  const value = constantOf(expr);
  return typeof value === "object" ? undefined : value;
}
