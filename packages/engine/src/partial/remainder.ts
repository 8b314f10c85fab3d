import type { EvaluationError } from "../errors.js";
import type { Failure } from "../failure.js";
import type { ExtensionFunction } from "../ops/index.js";
import { callOf, recordOf, setOf } from "../policy/construct.js";
import { childrenOf, constantOf, type Expr } from "../policy/expression.js";
import type { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import type { Value } from "../value/types.js";
import { type Kind, kindOf, kindOfValue, typingOf } from "./kinds.js";

/** What is left of an expression that has no value yet. */
export class Remainder {
  readonly expr: Expr;
  /** The type, where it is an entity of a known type. */
  readonly entityType: string | undefined;
  /** Where it is a record of which members are known: all that can be asked of it. */
  readonly record: CedarRecord | undefined;

  constructor(expr: Expr, known: { entityType?: string | undefined; record?: CedarRecord } = {}) {
    this.expr = expr;
    this.entityType = known.entityType;
    this.record = known.record;
  }

  get kind(): Kind | undefined {
    return kindOf(this.expr);
  }
}

/** What an expression comes to as far as things are known. */
export type Result = Value | Remainder;

export function exprOf(result: Result): Expr {
  return result instanceof Remainder ? result.expr : { kind: "literal", value: result };
}

export function kindOfResult(result: Result): Kind | undefined {
  return result instanceof Remainder ? result.kind : kindOfValue(result);
}

/** An expression that errs in a known way; it stands where evaluation may never get. */
class FailingFunction implements ExtensionFunction {
  readonly name = "error";
  readonly arity = undefined;
  readonly style = "function";
  readonly failure: Failure;

  constructor(failure: Failure) {
    this.failure = failure;
  }

  apply = (): never => {
    throw this.failure;
  };
}

export function failing(failure: Failure): Remainder {
  const message: Expr = { kind: "literal", value: failure.message };
  return new Remainder({
    kind: "call",
    fn: new FailingFunction(failure),
    args: [message],
    constant: undefined,
  });
}

/** The failure of an expression that partial evaluation put where it knew that evaluation errs. */
export function failureOf(expr: Expr): Failure | undefined {
  return expr.kind === "call" && expr.fn instanceof FailingFunction ? expr.fn.failure : undefined;
}

/** As an error, of an expression in a residual that errs in a known way; undefined for any other. */
export function errorOf(expr: Expr): EvaluationError | undefined {
  const failure = failureOf(expr);
  return failure && { code: failure.code, message: failure.message, help: failure.help };
}

/** The same operator over other operands, which are in the order of `childrenOf`. */
export function rebuild(expr: Expr, operands: readonly Expr[]): Expr {
  const [first, second, third, ...more] = operands;
  // Who makes something of expressions knows again what depends on nothing that is known.
  if (first === undefined || areSame(childrenOf(expr), operands)) return expr;
  switch (expr.kind) {
    case "literal":
    case "variable":
      return expr;
    case "unary":
      return { kind: "unary", operator: expr.operator, apply: expr.apply, operand: first };
    case "binary":
      return {
        kind: "binary",
        operator: expr.operator,
        apply: expr.apply,
        left: first,
        right: second ?? first,
      };
    case "attribute":
      return { kind: "attribute", operand: first, name: expr.name };
    case "has":
      return { kind: "has", operand: first, path: expr.path };
    case "like":
      return { kind: "like", operand: first, pattern: expr.pattern };
    case "is":
      return { kind: "is", operand: first, type: expr.type, in: second };
    case "if":
      // biome-ignore lint/suspicious/noThenProperty: an expression is data and never awaited
      return { kind: "if", test: first, then: second ?? first, otherwise: third ?? first };
    default:
      return rebuildList(
        expr,
        [first, second, third, ...more].filter((operand) => operand !== undefined),
      );
  }
}

function areSame(before: readonly Expr[], after: readonly Expr[]): boolean {
  return before.length === after.length && before.every((expr, i) => isSame(expr, after[i]));
}

function isSame(before: Expr, after: Expr | undefined): boolean {
  if (before === after) return true;
  return before.kind === "literal" && after?.kind === "literal" && before.value === after.value;
}

function rebuildList(
  expr: Expr & { kind: "and" | "or" | "set" | "record" | "call" },
  operands: readonly Expr[],
): Expr {
  switch (expr.kind) {
    case "and":
    case "or":
      return { kind: expr.kind, operands };
    case "set":
      return setOf(operands);
    case "record":
      return recordOf(operands.map((operand, index) => [expr.names[index] ?? "", operand]));
    case "call":
      return callOf(expr.fn, operands);
  }
}

/** Whether it may be other than a boolean, or err. */
export function mayBeNoTruth(expr: Expr): boolean {
  return kindOf(expr) !== "boolean" || mayErr(expr);
}

/** Whether it may err: false only where it can't, whatever is unknown. */
export function mayErr(expr: Expr): boolean {
  if (constantOf(expr) !== undefined) return false;
  switch (expr.kind) {
    case "literal":
    case "variable":
      return false;
    case "and":
    case "or":
      return expr.operands.some(mayBeNoTruth);
    case "if":
      return mayBeNoTruth(expr.test) || mayErr(expr.then) || mayErr(expr.otherwise);
    case "set":
      return expr.elements.some(mayErr);
    case "record":
      return expr.values.some(mayErr);
    case "has":
      // A longer path goes through attributes that may not be what has attributes.
      return expr.path.length > 1 || !isAttributed(expr.operand) || mayErr(expr.operand);
    case "like":
      return kindOf(expr.operand) !== "string" || mayErr(expr.operand);
    case "is":
      return kindOf(expr.operand) !== "entity" || mayErr(expr.operand) || mayErrAsGroup(expr.in);
    case "unary":
      return (
        expr.operator === "neg" || typingOf(expr, [kindOf(expr.operand)]).possible || mayErr(expr.operand)
      );
    case "binary":
      return mayBinaryErr(expr);
    default:
      return true;
  }
}

function isAttributed(expr: Expr): boolean {
  const kind = kindOf(expr);
  return kind === "entity" || kind === "record";
}

function mayBinaryErr(expr: Expr & { kind: "binary" }): boolean {
  const { operator, left, right } = expr;
  if (mayErr(left) || mayErr(right)) return true;
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "getTag":
      return true;
    case "in":
      return kindOf(left) !== "entity" || mayErrAsGroup(right);
    default:
      return typingOf(expr, [kindOf(left), kindOf(right)]).possible;
  }
}

/** On the right of `in` stands an entity, or a set of nothing but entities. */
function mayErrAsGroup(expr: Expr | undefined): boolean {
  if (expr === undefined) return false;
  const value = constantOf(expr);
  if (!(value instanceof CedarSet)) return kindOf(expr) !== "entity" || mayErr(expr);
  return [...value].some((element) => kindOfValue(element) !== "entity");
}

/** Whether it may come to `truth`: false only where it can't, whatever is unknown. */
export function mayBe(truth: boolean, expr: Expr): boolean {
  const value = constantOf(expr);
  if (value !== undefined) return value === truth;
  switch (expr.kind) {
    case "and":
    case "or":
      return (expr.kind === "and") === truth
        ? expr.operands.every((operand) => mayBe(truth, operand))
        : expr.operands.some((operand) => mayBe(truth, operand));
    case "if":
      return (
        (mayBe(true, expr.test) && mayBe(truth, expr.then)) ||
        (mayBe(false, expr.test) && mayBe(truth, expr.otherwise))
      );
    case "unary":
      return expr.operator === "!" ? mayBe(!truth, expr.operand) : expr.operator === "isEmpty";
    case "binary":
      return !truth || !isAboutNothing(expr);
    case "call":
      return failureOf(expr) === undefined;
    default:
      return expr.kind !== "set" && expr.kind !== "record";
  }
}

/** Whether it asks for an element of, or membership in, nothing. */
function isAboutNothing({ operator, left, right }: Expr & { kind: "binary" }): boolean {
  switch (operator) {
    case "in":
      return isEmptySet(right);
    case "contains":
      return isEmptySet(left);
    case "containsAny":
      return isEmptySet(left) || isEmptySet(right);
    default:
      return false;
  }
}

function isEmptySet(expr: Expr): boolean {
  const value = constantOf(expr);
  return value instanceof CedarSet && value.size === 0;
}
