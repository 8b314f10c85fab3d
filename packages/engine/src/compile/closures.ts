import { Failure } from "../failure.js";
import type { Frame } from "../frame.js";
import {
  applyExtension,
  attributeOf,
  expectBool,
  getAttribute,
  hasPath,
  isIn,
  isOfType,
  knownIsIn,
  like,
  memberOf,
} from "../ops/index.js";
import type { Conditions, PolicyBody } from "../policy/compiled.js";
import { constantOf, type Expr } from "../policy/expression.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import type { Value } from "../value/types.js";
import { isBoolean, primitiveOf } from "./static-type.js";

type Run = (frame: Frame) => Value;
type Test = (frame: Frame) => boolean;

/** Of conditions that several policies share. */
const compiled = new WeakMap<PolicyBody["conditions"], Conditions>();

/** The conditions of a body as closures: made when first asked for, and shared by all policies with the same conditions. */
export function conditionsOf(body: PolicyBody): Conditions {
  body.run ??= compiled.get(body.conditions) ?? compileConditions(body.conditions);
  return body.run;
}

function compileConditions(conditions: PolicyBody["conditions"]): Conditions {
  const run = closuresOf(conditions);
  compiled.set(conditions, run);
  return run;
}

function closuresOf(conditions: PolicyBody["conditions"]): Conditions {
  if (conditions.length === 0) return () => "satisfied";
  const test = all(
    conditions.map(({ kind, expr }): Test => {
      const holds = testOf(expr);
      return kind === "when" ? holds : (frame) => !holds(frame);
    }),
  );
  return (frame) => {
    try {
      return test(frame) ? "satisfied" : "not_satisfied";
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  };
}

/** Where the interpreter walks an expression at each evaluation, this walks it once. Operators are the same. */
function runOf(expr: Expr): Run {
  const constant = constantOf(expr);
  if (constant !== undefined) return () => constant;
  switch (expr.kind) {
    case "literal":
      return () => expr.value;
    case "variable":
      return variable(expr.name);
    case "attribute":
      return attribute(expr.operand, expr.name);
    case "binary":
      return binary(expr);
    case "unary": {
      const { apply } = expr;
      const operand = runOf(expr.operand);
      return (frame) => apply(operand(frame));
    }
    case "and":
      return all(expr.operands.map(testOf));
    case "or":
      return any(expr.operands.map(testOf));
    case "has": {
      const { path } = expr;
      const operand = runOf(expr.operand);
      return (frame) => hasPath(operand(frame), path, frame);
    }
    case "is":
      return is(expr);
    case "like": {
      const { pattern } = expr;
      const operand = runOf(expr.operand);
      return (frame) => like(operand(frame), pattern);
    }
    case "if": {
      const test = testOf(expr.test);
      const [yes, no] = [runOf(expr.then), runOf(expr.otherwise)];
      return (frame) => (test(frame) ? yes(frame) : no(frame));
    }
    default:
      return construct(expr);
  }
}

function testOf(expr: Expr): Test {
  const run = runOf(expr);
  return isBoolean(expr) ? (run as Test) : (frame) => expectBool(run(frame));
}

function variable(name: "principal" | "action" | "resource" | "context"): Run {
  switch (name) {
    case "principal":
      return (frame) => frame.principal;
    case "action":
      return (frame) => frame.action;
    case "resource":
      return (frame) => frame.resource;
    case "context":
      return (frame) => frame.context;
  }
}

function attribute(of: Expr, name: string): Run {
  switch (of.kind === "variable" && of.name) {
    case "principal":
      return (frame) => attributeOf(frame.principal, frame.principalEntity, name);
    case "resource":
      return (frame) => attributeOf(frame.resource, frame.resourceEntity, name);
    case "context":
      return (frame) => memberOf(frame.context, name);
    default: {
      const operand = runOf(of);
      return (frame) => getAttribute(operand(frame), name, frame);
    }
  }
}

function binary({ operator, apply, left: l, right: r }: Expr & { kind: "binary" }): Run {
  const left = runOf(l);
  const right = runOf(r);
  if (operator === "==") {
    const primitive = primitiveOf(r);
    if (primitive !== undefined) return (frame) => left(frame) === primitive;
  }
  if (operator === "in" && l.kind === "variable") {
    if (l.name === "principal")
      return (frame) => knownIsIn(frame.principal, frame.principalEntity, right(frame));
    if (l.name === "resource")
      return (frame) => knownIsIn(frame.resource, frame.resourceEntity, right(frame));
  }
  return (frame) => apply(left(frame), right(frame), frame);
}

function is({ operand, type, in: within }: Expr & { kind: "is" }): Run {
  const run = runOf(operand);
  if (within === undefined) return (frame) => isOfType(run(frame), type);
  const ancestor = runOf(within);
  return (frame) => {
    const value = run(frame);
    return isOfType(value, type) && isIn(value, ancestor(frame), frame);
  };
}

function all(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined && second !== undefined && tests.length === 2)
    return (frame) => first(frame) && second(frame);
  return (frame) => {
    for (const test of tests) if (!test(frame)) return false;
    return true;
  };
}

function any(tests: readonly Test[]): Test {
  return (frame) => {
    for (const test of tests) if (test(frame)) return true;
    return false;
  };
}

function construct(expr: Expr & { kind: "set" | "record" | "call" }): Run {
  const values = (expr.kind === "set" ? expr.elements : expr.kind === "record" ? expr.values : expr.args).map(
    runOf,
  );
  const evaluate = (frame: Frame) => values.map((run) => run(frame));
  switch (expr.kind) {
    case "set":
      return (frame) => CedarSet.of(evaluate(frame));
    case "record":
      return (frame) => CedarRecord.of(evaluate(frame).map((value, i) => [expr.names[i] ?? "", value]));
    case "call":
      return (frame) => applyExtension(expr.fn, evaluate(frame));
  }
}
