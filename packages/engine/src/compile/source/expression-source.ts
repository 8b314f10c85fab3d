import { extensionFunction } from "../../ops/index.js";
import { constantOf, type Expr } from "../../policy/expression.js";
import { EntityUid } from "../../value/entity-uid.js";
import { CedarSet } from "../../value/set.js";
import { isBoolean, primitiveOf } from "../static-type.js";
import { chainOf, stepsOf } from "./chains.js";
import type { Constants } from "./constants.js";
import { quote, valueSource } from "./literal-source.js";

/** What is the same for all requests that one generated function is for. */
export interface Situation {
  readonly action: EntityUid;
  readonly principalType: string;
  readonly resourceType: string;
}

type Kind<K extends Expr["kind"]> = Expr & { readonly kind: K };
type EntityVariable = "principal" | "action" | "resource";

/** What generated code calls a variable, the entity of it, and that entity's attributes. */
const NAMES = {
  principal: { uid: "P", entity: "p", attributes: "pa" },
  action: { uid: "A", entity: "a", attributes: "aa" },
  resource: { uid: "R", entity: "r", attributes: "ra" },
} as const;

const FUNCTIONS = {
  "<": "less",
  "<=": "lessOrEqual",
  ">": "greater",
  ">=": "greaterOrEqual",
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  contains: "contains",
  containsAll: "containsAll",
  containsAny: "containsAny",
} as const;

/**
 * Expressions as JavaScript. Generated code reads attributes and compares names by itself; whatever else there is to an
 * operator, its errors above all, is the operator's own function, which the interpreter uses too. Operands stand in the
 * order in which Cedar evaluates them, and JavaScript keeps it.
 */
export class ExpressionSource {
  readonly #situation: Situation;
  readonly #constants: Constants;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #kept = new Map<string, string>();
  #temporaries = 0;

  constructor(situation: Situation, constants: Constants, chainCounts: ReadonlyMap<string, number>) {
    this.#situation = situation;
    this.#constants = constants;
    this.#counts = chainCounts;
  }

  /** Variables that the code assigns. */
  variables(): string[] {
    return [...this.#kept.values(), ...Array.from({ length: this.#temporaries }, (_, i) => `t${i}`)];
  }

  /** An expression that is a boolean or errs; `true` or `false` where the situation already says which. */
  test(expr: Expr): string {
    return isBoolean(expr) ? this.value(expr) : `expectBool(${this.value(expr)})`;
  }

  value(expr: Expr): string {
    const constant = constantOf(expr);
    if (constant !== undefined) {
      const source = valueSource(constant);
      return typeof constant === "object" ? this.#constants.name(source) : source;
    }
    switch (expr.kind) {
      case "literal":
        return valueSource(expr.value);
      case "variable":
        return expr.name === "context" ? "C" : NAMES[expr.name].uid;
      case "attribute":
        return this.#attribute(expr);
      case "binary":
        return this.#binary(expr);
      case "unary":
        return this.#unary(expr);
      case "and":
        return this.#connect(expr.operands, "&&", "true", "false");
      case "or":
        return this.#connect(expr.operands, "||", "false", "true");
      case "has":
        return this.#has(expr);
      case "is":
        return this.#is(expr);
      case "like": {
        const pattern = this.#constants.name(`[${expr.pattern.map(quote).join(", ")}]`);
        return `like(${this.value(expr.operand)}, ${pattern})`;
      }
      case "if":
        return this.#if(expr);
      default:
        return this.#construct(expr);
    }
  }

  /** `uid in ancestor`, for an entity that the request names. */
  knownIn(name: EntityVariable, ancestor: EntityUid): string {
    const { uid, entity } = NAMES[name];
    return `knownIn(${uid}, ${entity}, ${this.#constants.name(valueSource(ancestor))})`;
  }

  #attribute({ operand, name }: Kind<"attribute">): string {
    const attribute = quote(name);
    const variable = operand.kind === "variable" ? operand.name : undefined;
    if (variable === undefined) {
      return this.#keep(operand, name, `getAttribute(${this.value(operand)}, ${attribute}, F)`);
    }
    const read = this.#keep(operand, name, readSource(variable, attribute));
    if (variable === "context") return `(${read} ?? memberOf(C, ${attribute}))`;
    const { uid, entity } = NAMES[variable];
    return `(${read} ?? attributeOf(${uid}, ${entity}, ${attribute}))`;
  }

  /** Remembers what was read where it is read again. No value is undefined, so undefined is not yet read. */
  #keep(operand: Expr, name: string, read: string): string {
    const chain = chainOf({ kind: "attribute", operand, name });
    if (chain === undefined || (this.#counts.get(chain) ?? 0) < 2) return read;
    let variable = this.#kept.get(chain);
    if (variable === undefined) {
      variable = `v${this.#kept.size}`;
      this.#kept.set(chain, variable);
    }
    return `(${variable} ??= ${read})`;
  }

  #has(expr: Kind<"has">): string {
    if (chainOf(expr.operand) === undefined) {
      const path = this.#constants.name(`[${expr.path.map(quote).join(", ")}]`);
      return `hasPath(${this.value(expr.operand)}, ${path}, F)`;
    }
    const steps = stepsOf(expr).map(({ operand, name }) => {
      if (operand.kind !== "variable") return `hasAttribute(${this.value(operand)}, ${quote(name)}, F)`;
      return `${this.#keep(operand, name, readSource(operand.name, quote(name)))} !== undefined`;
    });
    return `(${steps.join(" && ")})`;
  }

  #binary(expr: Kind<"binary">): string {
    const { operator, left, right } = expr;
    switch (operator) {
      case "==":
        return this.#equal(left, right);
      case "!=":
        return negated(this.#equal(left, right));
      case "in":
        return this.#in(left, right);
      case "getTag":
      case "hasTag":
        return `${operator}(${this.value(left)}, ${this.value(right)}, F)`;
      default:
        return `${FUNCTIONS[operator]}(${this.value(left)}, ${this.value(right)})`;
    }
  }

  #equal(left: Expr, right: Expr): string {
    const decided = this.#equalNames(left, right) ?? this.#equalNames(right, left);
    if (decided !== undefined) return decided;
    const [a, b] = [this.value(left), this.value(right)];
    if (primitiveOf(left) !== undefined || primitiveOf(right) !== undefined) return `(${a} === ${b})`;
    if (isName(left)) return `${a}.equals(${b})`;
    if (isName(right)) return `${b}.equals(${a})`;
    return `valuesEqual(${a}, ${b})`;
  }

  /** A variable compared with an entity that the policy names: the situation may know. */
  #equalNames(variable: Expr, literal: Expr): string | undefined {
    const other = constantOf(literal);
    if (variable.kind !== "variable" || !(other instanceof EntityUid)) return undefined;
    const { action, principalType, resourceType } = this.#situation;
    switch (variable.name) {
      case "principal":
        return principalType === other.type ? undefined : "false";
      case "resource":
        return resourceType === other.type ? undefined : "false";
      case "action":
        return String(action.equals(other));
      case "context":
        return "false";
    }
  }

  #in(left: Expr, right: Expr): string {
    if (left.kind !== "variable" || left.name === "context") {
      return `isIn(${this.value(left)}, ${this.value(right)}, F)`;
    }
    const constant = constantOf(right);
    if (constant instanceof EntityUid) return this.knownIn(left.name, constant);
    const { uid, entity } = NAMES[left.name];
    const elements = constant instanceof CedarSet ? [...constant] : [undefined];
    if (elements.every((element) => element instanceof EntityUid)) {
      const list = this.#constants.name(`[${elements.map(valueSource).join(", ")}]`);
      return `knownInAny(${uid}, ${entity}, ${list})`;
    }
    return `knownIsIn(${uid}, ${entity}, ${this.value(right)})`;
  }

  #is({ operand, type, in: within }: Kind<"is">): string {
    const { action, principalType, resourceType } = this.#situation;
    const types = { principal: principalType, action: action.type, resource: resourceType };
    if (operand.kind === "variable" && operand.name !== "context") {
      if (types[operand.name] !== type) return "false";
      return within === undefined ? "true" : this.#in(operand, within);
    }
    if (within === undefined) return `isOfType(${this.value(operand)}, ${quote(type)})`;
    const kept = `t${this.#temporaries++}`;
    const ofType = `isOfType(${kept} = ${this.value(operand)}, ${quote(type)})`;
    return `(${ofType} && isIn(${kept}, ${this.value(within)}, F))`;
  }

  #unary({ operator, operand }: Kind<"unary">): string {
    switch (operator) {
      case "!":
        return negated(this.test(operand));
      case "neg":
        return `negate(${this.value(operand)})`;
      case "isEmpty":
        return `isEmpty(${this.value(operand)})`;
    }
  }

  /** Leaves out operands that change nothing, and those behind one that settles it; none that may err before it. */
  #connect(operands: readonly Expr[], operator: string, neutral: string, settling: string): string {
    const parts: string[] = [];
    for (const operand of operands) {
      const part = this.test(operand);
      if (part !== neutral) parts.push(part);
      if (part === settling) break;
    }
    if (parts.length <= 1) return parts[0] ?? neutral;
    return `(${parts.join(` ${operator} `)})`;
  }

  #if({ test, then: yes, otherwise }: Kind<"if">): string {
    const condition = this.test(test);
    if (condition === "true") return this.value(yes);
    if (condition === "false") return this.value(otherwise);
    return `(${condition} ? ${this.value(yes)} : ${this.value(otherwise)})`;
  }

  #construct(expr: Kind<"set" | "record" | "call">): string {
    switch (expr.kind) {
      case "set":
        return `CedarSet.of([${expr.elements.map((element) => this.value(element)).join(", ")}])`;
      case "record": {
        const members = expr.values.map(
          (value, i) => `[${quote(expr.names[i] ?? "")}, ${this.value(value)}]`,
        );
        return `CedarRecord.of([${members.join(", ")}])`;
      }
      case "call":
        return this.#call(expr);
    }
  }

  #call({ fn, args }: Kind<"call">): string {
    const sources = args.map((arg) => this.value(arg)).join(", ");
    const isKnown = extensionFunction(fn.name) === fn;
    const source = `${isKnown ? "extensionFunction" : "missingFunction"}(${quote(fn.name)})`;
    if (isKnown && fn.arity === args.length) return `${this.#constants.name(`${source}.apply`)}(${sources})`;
    return `applyExtension(${this.#constants.name(source)}, [${sources}])`;
  }
}

/** Reads an attribute of a variable: undefined where there is none. */
function readSource(variable: EntityVariable | "context", name: string): string {
  return variable === "context" ? `C.get(${name})` : `${NAMES[variable].attributes}?.get(${name})`;
}

function negated(test: string): string {
  if (test === "true") return "false";
  return test === "false" ? "true" : `!${test}`;
}

/** Whether the expression is certain to be the name of an entity, and evaluates without an error. */
function isName(expr: Expr): boolean {
  return (expr.kind === "variable" && expr.name !== "context") || constantOf(expr) instanceof EntityUid;
}
