import type { CedarValueJson, ExprJson, SchemaType } from "@cordon/engine";
import {
  type Abstract,
  BOOLEAN,
  booleanOf,
  constantValue,
  eitherOf,
  LONG,
  UNKNOWN,
} from "./abstract-value.js";
import { fold } from "./fold.js";
import { binaryOf, formOf, plainForm } from "./forms.js";
import { callResult } from "./methods.js";
import type { Observer } from "./observer.js";
import { arithmetic, EVERY_LONG, intersect, overflows, type Range, rangeOfType } from "./ranges.js";
import { canHaveTags, closed, constantsOf, isEqual, isIn, isLess, longsOf, operandsOf } from "./relations.js";
import type { Fact, State } from "./state.js";
import { type Environment, type TypeWorld, typeOfValue } from "./type-world.js";

/** The evaluating half of `Reasoner`. */
export abstract class Evaluator {
  readonly #world: TypeWorld;
  readonly #environment: Environment;

  constructor(world: TypeWorld, environment: Environment) {
    this.#world = world;
    this.#environment = environment;
  }

  /** What `expr` comes to where `state` holds. */
  evaluate(expr: ExprJson, state: State, observer?: Observer): Abstract {
    const plain = plainForm(expr);
    const fact = state.fact(plain);
    const value = this.#withFact(plain, state, fact, observer);
    if (value.type?.type === "Boolean") {
      observer?.outcome(expr, typeof value.constant === "boolean" ? value.constant : undefined, value.errs);
    }
    return value;
  }

  #withFact(expr: ExprJson, state: State, fact: Fact | undefined, observer: Observer | undefined): Abstract {
    if (fact === undefined) return this.#form(expr, state, observer);
    // It was evaluated before, without error; so nothing of it is reported again.
    const value = { ...this.#form(expr, state, undefined), errs: false };
    if (fact.constant !== undefined || fact.range !== undefined) observer?.used(fact.because);
    const range =
      fact.range && value.range ? intersect(fact.range, value.range) : (fact.range ?? value.range);
    return {
      ...value,
      ...(fact.entityType === undefined ? {} : { type: { type: "Entity", name: fact.entityType } as const }),
      ...(fact.constant === undefined
        ? {}
        : { constant: fact.constant, type: typeOfValue(fact.constant) ?? value.type }),
      ...(range ? { range } : {}),
    };
  }

  /** What is known once `expr` came out as `truth`; null where it can't. */
  abstract assume(expr: ExprJson, truth: boolean, state: State): State | null;

  #form(expr: ExprJson, state: State, observer: Observer | undefined): Abstract {
    const [operator, body] = formOf(expr);
    switch (operator) {
      case "Value":
        return constantValue(body as CedarValueJson, false);
      case "Var":
        return this.#variable(body as string);
      case "Slot":
        return { type: null, errs: false };
      case "!": {
        const { constant, errs } = this.evaluate((body as { arg: ExprJson }).arg, state, observer);
        return booleanOf(typeof constant === "boolean" ? !constant : undefined, errs);
      }
      case "&&":
      case "||":
        return this.#connective(operator === "&&", binaryOf(body), state, observer);
      case "if-then-else":
        return this.#conditional(body as { if: ExprJson; then: ExprJson; else: ExprJson }, state, observer);
      case ".":
        return this.#attribute(expr, body as { left: ExprJson; attr: string }, state, observer);
      case "has":
        return this.#has(expr, body as { left: ExprJson; attr: string }, state, observer);
      case "is":
        return this.#is(body as { left: ExprJson; entity_type: string }, state, observer);
      case "Set":
        return this.#set(body as ExprJson[], state, observer);
      case "Record":
        return this.#record(body as Record<string, ExprJson>, state, observer);
      default:
        return this.#operator(expr, operator, body, state, observer);
    }
  }

  #variable(name: string): Abstract {
    const { principal, resource, action, context } = this.#environment;
    if (name === "context") return { type: context, errs: false };
    if (name === "action") {
      if (action === null) return { type: null, errs: false };
      return { type: { type: "Entity", name: action.type }, constant: { __entity: action }, errs: false };
    }
    const type = name === "principal" ? principal : resource;
    return { type: type === null ? null : { type: "Entity", name: type }, errs: false };
  }

  #connective(
    isAnd: boolean,
    { left, right }: { left: ExprJson; right: ExprJson },
    state: State,
    observer?: Observer,
  ) {
    const first = this.evaluate(left, state, observer);
    if (first.constant === !isAnd) return booleanOf(!isAnd, first.errs);
    const goesOn = this.assume(left, isAnd, state);
    if (goesOn === null) return booleanOf(!isAnd, first.errs);
    const second = this.evaluate(right, goesOn, observer);
    const errs = first.errs || second.errs;
    if (second.constant === !isAnd) return booleanOf(!isAnd, errs);
    return booleanOf(first.constant === isAnd && second.constant === isAnd ? isAnd : undefined, errs);
  }

  #conditional(
    body: { if: ExprJson; then: ExprJson; else: ExprJson },
    state: State,
    observer?: Observer,
  ): Abstract {
    const test = this.evaluate(body.if, state, observer);
    const whenTrue = test.constant === false ? null : this.assume(body.if, true, state);
    const whenFalse = test.constant === true ? null : this.assume(body.if, false, state);
    const yes = whenTrue && this.evaluate(body.then, whenTrue, observer);
    const no = whenFalse && this.evaluate(body.else, whenFalse, observer);
    const value = yes && no ? eitherOf(yes, no) : (yes ?? no);
    return value === null ? { type: null, errs: true } : { ...value, errs: value.errs || test.errs };
  }

  #attribute(
    expr: ExprJson,
    { left, attr }: { left: ExprJson; attr: string },
    state: State,
    observer?: Observer,
  ): Abstract {
    const operand = this.evaluate(left, state, observer);
    const attribute = this.#declared(operand.type, attr, expr, observer);
    const isThere = attribute?.required === true || this.#isKnownToHave(left, attr, state);
    if (!isThere) observer?.canErr(expr, "missing_attribute", attr);
    // A member of a record that is written out may have been computed, and be past what data can say.
    const isData = !("Record" in left);
    const ordered = rangeOfType(attribute?.type ?? null);
    const range = ordered && (isData ? ordered : EVERY_LONG);
    return { type: attribute?.type ?? null, ...(range ? { range } : {}), errs: operand.errs || !isThere };
  }

  #isKnownToHave(left: ExprJson, attr: string, state: State): boolean {
    return state.fact({ has: { left, attr } })?.constant === true;
  }

  #declared(type: SchemaType | null, attr: string, expr: ExprJson, observer: Observer | undefined) {
    if (type?.type !== "Record" && type?.type !== "Entity") return undefined;
    observer?.reads(type.type === "Entity" ? type.name : null, attr, expr);
    if (type.type === "Record")
      return Object.hasOwn(type.attributes, attr) ? type.attributes[attr] : undefined;
    const attributes = this.#world.schema?.entityTypes[type.name]?.attributes ?? {};
    return Object.hasOwn(attributes, attr) ? attributes[attr] : undefined;
  }

  #has(
    expr: ExprJson,
    { left, attr }: { left: ExprJson; attr: string },
    state: State,
    observer?: Observer,
  ): Abstract {
    const operand = this.evaluate(left, state, observer);
    const attribute = this.#declared(operand.type, attr, expr, observer);
    const isUnknown =
      operand.type === null || (operand.type.type === "Entity" && this.#world.schema === null);
    if (isUnknown) return booleanOf(undefined, operand.errs);
    if (attribute === undefined) return booleanOf(false, operand.errs);
    // An entity may not exist, and then has nothing.
    const isCertain = attribute.required && operand.type?.type === "Record";
    return booleanOf(isCertain ? true : undefined, operand.errs);
  }

  #is(
    { left, entity_type }: { left: ExprJson; entity_type: string },
    state: State,
    observer?: Observer,
  ): Abstract {
    const { type, errs } = this.evaluate(left, state, observer);
    return booleanOf(type?.type === "Entity" ? type.name === entity_type : undefined, errs);
  }

  #set(elements: readonly ExprJson[], state: State, observer?: Observer): Abstract {
    const values = elements.map((element) => this.evaluate(element, state, observer));
    const element = values[0]?.type ?? null;
    const type: SchemaType | null = element === null ? null : { type: "Set", element };
    const errs = values.some((value) => value.errs);
    const constants = constantsOf(values);
    return constants === undefined ? { type, errs } : { type, constant: constants, errs };
  }

  #record(members: Record<string, ExprJson>, state: State, observer?: Observer): Abstract {
    const names = Object.keys(members);
    const values = Object.values(members).map((member) => this.evaluate(member, state, observer));
    const errs = values.some((value) => value.errs);
    if (values.some(({ type }) => type === null)) return { type: null, errs };
    const attributes = Object.fromEntries(
      names.map((name, i) => [name, { type: values[i]?.type ?? BOOLEAN, required: true }]),
    );
    return { type: { type: "Record", attributes }, errs };
  }

  #operator(expr: ExprJson, operator: string, body: unknown, state: State, observer?: Observer): Abstract {
    const operands = operandsOf(body);
    const values = operands.map((operand) => this.evaluate(operand, state, observer));
    const errs = values.some((value) => value.errs);
    const [left = UNKNOWN, right = UNKNOWN] = values;
    const constants = constantsOf(values);
    if (operator === "in") return booleanOf(isIn(binaryOf(body), left, right, this.#world), errs);
    const asksEntities = operator === "hasTag" || operator === "getTag";
    if (constants !== undefined && !asksEntities)
      return this.#folded(expr, operator, body, constants, errs, observer);
    const untyped = values.some(({ type }) => type === null);
    switch (operator) {
      case "==":
        return booleanOf(isEqual(binaryOf(body), left, right, state), errs);
      case "<":
        return booleanOf(isLess(binaryOf(body), left, right), errs || untyped);
      case "+":
      case "-":
      case "*":
        return this.#arithmetic(
          expr,
          arithmetic(operator, ...longsOf(left, right)),
          errs || untyped,
          observer,
        );
      case "neg":
        return this.#arithmetic(
          expr,
          arithmetic("-", { low: 0n, high: 0n }, longsOf(left, left)[0]),
          errs || untyped,
          observer,
        );
      case "getTag":
        return this.#getTag(expr, left, state, body, observer);
      case "hasTag":
        return booleanOf(canHaveTags(left, this.#world) ? undefined : false, errs);
      case "contains":
      case "containsAll":
      case "containsAny":
      case "isEmpty":
      case "like":
        return booleanOf(undefined, errs || untyped);
      default:
        return callResult(expr, operator, values, observer);
    }
  }

  #folded(
    expr: ExprJson,
    operator: string,
    body: unknown,
    constants: readonly CedarValueJson[],
    errs: boolean,
    observer?: Observer,
  ): Abstract {
    const result = fold(closed(operator, body, constants));
    if ("value" in result) {
      return constantValue(result.value, errs);
    }
    observer?.canErr(expr, "constant_error", result.error);
    return { type: null, errs: true };
  }

  #arithmetic(expr: ExprJson, range: Range, errs: boolean, observer?: Observer): Abstract {
    if (!overflows(range)) return { type: LONG, range, errs };
    observer?.canErr(expr, "overflow");
    return { type: LONG, range: EVERY_LONG, errs: true };
  }

  #getTag(expr: ExprJson, operand: Abstract, state: State, body: unknown, observer?: Observer): Abstract {
    const isThere = state.fact({ hasTag: binaryOf(body) })?.constant === true;
    if (!isThere) observer?.canErr(expr, "missing_tag");
    const owner =
      operand.type?.type === "Entity" ? this.#world.schema?.entityTypes[operand.type.name] : undefined;
    const type = owner?.tags ?? null;
    const range = rangeOfType(type);
    return { type, ...(range ? { range } : {}), errs: operand.errs || !isThere };
  }
}
