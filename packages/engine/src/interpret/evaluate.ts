import type { Environment } from "../environment.js";
import { applyExtension, expectBool, getAttribute, hasPath, isIn, isOfType, like } from "../ops/index.js";
import type { Expr } from "../policy/expression.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import type { Value } from "../value/types.js";

/** How a step evaluates the sub-expressions it needs. */
export type Evaluate = (expr: Expr, environment: Environment) => Value;

/**
 * Evaluates an expression, left operand first, skipping what short-circuits.
 *
 * @throws Failure where Cedar has an evaluation error
 */
export function evaluate(expr: Expr, environment: Environment): Value {
  return step(expr, environment, evaluate);
}

/**
 * One step of evaluation; `recur` evaluates sub-expressions. The reference evaluator passes itself,
 * explanation passes a function that also records, so both share this one definition of Cedar.
 */
export function step(expr: Expr, environment: Environment, recur: Evaluate): Value {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "variable":
      return environment.request[expr.name];
    case "attribute":
      return getAttribute(recur(expr.operand, environment), expr.name, environment.entities);
    case "binary":
      return expr.apply(recur(expr.left, environment), recur(expr.right, environment), environment.entities);
    case "and":
      for (const operand of expr.operands) if (!expectBool(recur(operand, environment))) return false;
      return true;
    case "or":
      for (const operand of expr.operands) if (expectBool(recur(operand, environment))) return true;
      return false;
    case "unary":
      return expr.apply(recur(expr.operand, environment));
    case "has":
      return hasPath(recur(expr.operand, environment), expr.path, environment.entities);
    case "is":
      return stepIs(expr, environment, recur);
    case "like":
      return like(recur(expr.operand, environment), expr.pattern);
    case "if":
      return expectBool(recur(expr.test, environment))
        ? recur(expr.then, environment)
        : recur(expr.otherwise, environment);
    default:
      return expr.constant ?? construct(expr, environment, recur);
  }
}

function stepIs(expr: Expr & { kind: "is" }, environment: Environment, recur: Evaluate): Value {
  const operand = recur(expr.operand, environment);
  if (!isOfType(operand, expr.type)) return false;
  return expr.in === undefined || isIn(operand, recur(expr.in, environment), environment.entities);
}

function construct(
  expr: Expr & { kind: "set" | "record" | "call" },
  environment: Environment,
  recur: Evaluate,
): Value {
  switch (expr.kind) {
    case "set":
      return CedarSet.of(expr.elements.map((element) => recur(element, environment)));
    case "record": {
      const attributes = new Map<string, Value>();
      for (const [index, value] of expr.values.entries()) {
        attributes.set(expr.names[index] ?? "", recur(value, environment));
      }
      return new CedarRecord(attributes);
    }
    case "call":
      return applyExtension(
        expr.fn,
        expr.args.map((arg) => recur(arg, environment)),
      );
  }
}
