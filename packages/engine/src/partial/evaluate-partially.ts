import { Failure } from "../failure.js";
import { step } from "../interpret/evaluate.js";
import { expectBool, isIn, isOfType } from "../ops/index.js";
import { childrenOf, constantOf, type Expr } from "../policy/expression.js";
import { EntityUid } from "../value/entity-uid.js";
import type { Value } from "../value/types.js";
import { kindOf, typingOf, witnessOf } from "./kinds.js";
import type { KnownEnvironment } from "./known-request.js";
import type { MissingParts } from "./need-list.js";
import { type Missing, NotKnown, PartialRecord } from "./not-known.js";
import {
  exprOf,
  failing,
  failureOf,
  kindOfResult,
  mayBeNoTruth,
  mayErr,
  Remainder,
  type Result,
  rebuild,
} from "./remainder.js";
import { UNKNOWN } from "./types.js";

/**
 * Evaluates one policy as far as things are known. What an operator does with operands that are known is the
 * reference evaluator's `step`; here is only what becomes of those that aren't. An expression whose operands are
 * unknown may err, so it is dropped only where it provably can't.
 */
export class PartialEvaluator {
  readonly #environment: KnownEnvironment;
  readonly #missing: MissingParts;
  /** Whether evaluation gets here whatever is unknown. */
  #certain = true;

  constructor(environment: KnownEnvironment, missing: MissingParts) {
    this.#environment = environment;
    this.#missing = missing;
  }

  /** @throws Failure where evaluation errs whatever is unknown */
  evaluate(expr: Expr): Result {
    switch (expr.kind) {
      case "literal":
        return expr.value;
      case "variable":
        return this.#variable(expr);
      case "and":
      case "or":
        return this.#chain(expr);
      case "if":
        return this.#if(expr);
      case "is":
        return this.#is(expr);
      default:
        return constantOf(expr) ?? this.#strict(expr);
    }
  }

  /**
   * Evaluates a boolean expression where nothing but a boolean will do.
   *
   * @throws Failure also where it is no boolean
   */
  condition(expr: Expr): boolean | Remainder {
    const result = this.evaluate(expr);
    if (!(result instanceof Remainder)) return expectBool(result);
    const { kind, entityType } = result;
    if (kind !== undefined && kind !== "boolean") {
      expectBool(entityType === undefined ? witnessOf(kind) : EntityUid.of(entityType, ""));
    }
    const only = onlyOperand(result.expr);
    return only === undefined ? result : new Remainder(only);
  }

  #variable(expr: Expr & { kind: "variable" }): Result {
    const { request } = this.#environment;
    if (expr.name === "context") {
      return request.contextIsWhole ? request.context : new Remainder(expr, { record: request.context });
    }
    const part = request.part(expr.name);
    return part instanceof EntityUid ? part : new Remainder(expr, { entityType: part.type });
  }

  /** What comes after an operand that is not known may not be reached: its errors stay where they are. */
  #chain(expr: Expr & { kind: "and" | "or" }): Result {
    const { kind, operands } = expr;
    const decisive = kind === "or";
    const left: Expr[] = [];
    for (const operand of operands) {
      const result =
        left.length === 0 ? this.condition(operand) : this.#perhaps(() => this.condition(operand));
      if (!(result instanceof Remainder)) {
        if (result !== decisive) continue;
        if (!left.some(mayBeNoTruth)) return decisive;
        left.push({ kind: "literal", value: decisive });
        break;
      }
      if (result.expr.kind === kind) left.push(...result.expr.operands);
      else left.push(result.expr);
      const last = left[left.length - 1];
      if (last !== undefined && (failureOf(last) !== undefined || constantOf(last) === decisive)) break;
    }
    if (left.length === 0) return !decisive;
    const [first] = left;
    return first !== undefined && left.length === 1 && kindOf(first) === "boolean"
      ? new Remainder(first)
      : new Remainder(rebuild(expr, left));
  }

  #if(expr: Expr & { kind: "if" }): Result {
    const test = this.condition(expr.test);
    if (!(test instanceof Remainder)) return this.evaluate(test ? expr.then : expr.otherwise);
    const then = this.#perhaps(() => this.evaluate(expr.then));
    const otherwise = this.#perhaps(() => this.evaluate(expr.otherwise));
    const failure = failureOf(exprOf(then));
    if (failure !== undefined && failureOf(exprOf(otherwise)) !== undefined) throw failure;
    if (then === otherwise && !(then instanceof Remainder) && !mayBeNoTruth(test.expr)) return then;
    if (then === true && otherwise === false && kindOf(test.expr) === "boolean") return test;
    return new Remainder(rebuild(expr, [test.expr, exprOf(then), exprOf(otherwise)]));
  }

  #is(expr: Expr & { kind: "is" }): Result {
    const operand = this.evaluate(expr.operand);
    const verdict = this.#isOfType(operand, expr.type);
    if (verdict === false || (verdict === true && expr.in === undefined)) return verdict;
    const group = expr.in;
    if (verdict === true && group !== undefined) return this.#isIn(operand, this.evaluate(group));
    const within = group && this.#perhaps(() => this.evaluate(group));
    return new Remainder({
      kind: "is",
      operand: exprOf(operand),
      type: expr.type,
      in: within === undefined ? undefined : exprOf(within),
    });
  }

  #isOfType(operand: Result, type: string): boolean | undefined {
    if (!(operand instanceof Remainder)) return isOfType(operand, type);
    return operand.entityType === undefined ? undefined : operand.entityType === type;
  }

  #isIn(left: Result, right: Result): Result {
    const expr: Expr = {
      kind: "binary",
      operator: "in",
      apply: isIn,
      left: exprOf(left),
      right: exprOf(right),
    };
    return this.#combine(expr, [left, right]);
  }

  /** Operators that evaluate all of their operands, whatever those are. */
  #strict(expr: Expr): Result {
    return this.#combine(
      expr,
      childrenOf(expr).map((operand) => this.evaluate(operand)),
    );
  }

  #combine(expr: Expr, operands: readonly Result[]): Result {
    const values: Value[] = [];
    for (const operand of operands) {
      const value = operand instanceof Remainder ? operand.record : operand;
      if (value === undefined || !takes(expr, value)) return this.#fold(expr, operands);
      values.push(value);
    }
    return this.#step(expr, operands, values);
  }

  /** Applies the operator; what it asks of entities may turn out not to be known. */
  #step(expr: Expr, operands: readonly Result[], values: readonly Value[]): Result {
    const { entities } = this.#environment;
    const [uid] = values;
    const name = expr.kind === "attribute" ? expr.name : expr.kind === "has" ? expr.path[0] : undefined;
    if (name !== undefined && uid instanceof EntityUid && entities.lacks(uid, name)) {
      return this.#leave(expr, operands, { kind: "attribute", uid, name });
    }
    let next = 0;
    const operandOf = (): Value => values[next++] ?? false;
    try {
      const value = step(expr, this.#environment, operandOf);
      const doubt = entities.takeDoubt();
      if (doubt === undefined || value !== false) return value;
      return this.#leave(expr, operands, { kind: "ancestors", uid: doubt });
    } catch (error) {
      entities.takeDoubt();
      if (!(error instanceof NotKnown)) throw error;
      return this.#leave(expr, operands, error.missing);
    }
  }

  #leave(expr: Expr, operands: readonly Result[], missing: Missing): Remainder {
    this.#missing.add(missing, this.#certain);
    return new Remainder(rebuild(expr, operands.map(exprOf)));
  }

  /** What can be said of an operator without knowing all of its operands. */
  #fold(expr: Expr, operands: readonly Result[]): Result {
    if (expr.kind === "unary" || expr.kind === "binary") {
      const kinds = operands.map(kindOfResult);
      const { always } = typingOf(expr, kinds);
      if (always !== undefined) throw always;
      if (expr.kind === "binary" && areUnequal(expr, operands)) return expr.operator === "!=";
      if (expr.kind === "binary" && expr.operator === "in") this.#missAncestors(operands[0]);
      const negated =
        expr.kind === "unary" && expr.operator === "!" ? exprOf(operands[0] ?? false) : undefined;
      if (negated?.kind === "unary" && negated.operator === "!" && kindOf(negated.operand) === "boolean") {
        return new Remainder(negated.operand);
      }
    }
    const folded = rebuild(expr, operands.map(exprOf));
    return folded.kind === "record" ? recordRemainder(folded, operands) : new Remainder(folded);
  }

  /** Whatever a known entity is looked for in, it will take its ancestors to say. */
  #missAncestors(left: Result | undefined): void {
    if (!(left instanceof EntityUid) || this.#environment.entities.knowsAncestors(left)) return;
    this.#missing.add({ kind: "ancestors", uid: left }, false);
  }

  /** Evaluates what is perhaps not reached: if it errs, it errs only there. */
  #perhaps<T extends Result>(evaluate: () => T): T | Remainder {
    const certain = this.#certain;
    this.#certain = false;
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof Failure) return failing(error);
      throw error;
    } finally {
      this.#certain = certain;
    }
  }
}

/** A record that is only partly known can be asked for its members, and nothing else. */
function takes(expr: Expr, value: Value): boolean {
  return !(value instanceof PartialRecord) || expr.kind === "attribute" || expr.kind === "has";
}

/** The operand of an `&&` or `||` of one, which says no more than that it must be a boolean. */
function onlyOperand(expr: Expr): Expr | undefined {
  if ((expr.kind !== "and" && expr.kind !== "or") || expr.operands.length !== 1) return undefined;
  return expr.operands[0];
}

/** Whether `==` and `!=` are settled by what kinds of things are compared. */
function areUnequal(expr: Expr & { kind: "binary" }, operands: readonly Result[]): boolean {
  if (expr.operator !== "==" && expr.operator !== "!=") return false;
  const [left = false, right = false] = operands;
  if (mayErr(exprOf(left)) || mayErr(exprOf(right))) return false;
  const [a, b] = [kindOfResult(left), kindOfResult(right)];
  if (a !== b && a !== undefined && b !== undefined) return true;
  const [leftType, rightType] = [entityTypeOf(left), entityTypeOf(right)];
  return leftType !== rightType && leftType !== undefined && rightType !== undefined;
}

function entityTypeOf(result: Result): string | undefined {
  if (result instanceof Remainder) return result.entityType;
  return result instanceof EntityUid ? result.type : undefined;
}

/** A record of which some members are known: they can be had if making the record can't err. */
function recordRemainder(expr: Expr & { kind: "record" }, operands: readonly Result[]): Remainder {
  if (mayErr(expr)) return new Remainder(expr);
  const members = new Map(expr.names.map((name, index) => [name, operands[index]]));
  const record = new PartialRecord(
    (name) => {
      const member = members.get(name);
      return member instanceof Remainder ? UNKNOWN : member;
    },
    () => ({ kind: "variable" }),
  );
  return new Remainder(expr, { record });
}
