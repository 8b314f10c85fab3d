import { CedarRecord, EntityUid, type PolicyId, type SchemaType } from "@cordon/engine";
import {
  type BinaryOperator,
  constantOf,
  describeExpression,
  type Expr,
  Failure,
} from "@cordon/engine/expression";
import { PlanError } from "../plan-error.js";
import {
  ALWAYS,
  absent,
  and,
  complement,
  defined,
  entityTypeOf,
  kindOf,
  or,
  type Predicate,
  type Term,
} from "../predicate/index.js";
import { type AttributeTypes, memberOf } from "./attribute-types.js";
import { applyCall, applyMethod } from "./calls.js";
import { isIn, type KnownHierarchy } from "./hierarchy.js";
import {
  type Case,
  definedness,
  kindOfOperand,
  type Operand,
  termOf,
  typeOfTerm,
  valueOperand,
} from "./operand.js";
import { asksHierarchy, type PlanMemory, Translations } from "./plan-memory.js";
import { contains, containsAll, containsAny, either, equality, isEmpty, order } from "./relations.js";
import {
  allOf,
  anyOf,
  choose,
  ERROR,
  FALSE,
  falseWhere,
  guarded,
  not,
  oneOf,
  TRUE,
  type Truth,
  trueWhere,
} from "./truth.js";

export interface TranslatorOptions extends KnownHierarchy {
  readonly resourceType: string;
  /** Which variable the row is; `resource` without it. */
  readonly row?: "principal" | "resource" | undefined;
  /** @throws PlanError for what can't be asked of the database */
  readonly check?: ((predicate: Predicate) => void) | undefined;
  /** What can't be expressed is left open instead of refused. */
  readonly approximate?: boolean | undefined;
  readonly memory?: PlanMemory | undefined;
  /** What sessions of the database will know, by its type: it is asked for there. */
  readonly session?: SessionTypes | undefined;
}

/** Undefined for what sessions don't know either. */
export interface SessionTypes {
  readonly principal?: SchemaType | undefined;
  readonly context?: SchemaType | undefined;
}

/** An `if` in an operand doubles what is around it: from here on the filter would be too large. */
const MAX_CASES = 64;

/** Turns a residual expression of one policy into the conditions under which it is true and false. */
export class Translator {
  readonly #options: TranslatorOptions;
  readonly #policyId: PolicyId;
  readonly #own = new Translations();
  readonly #remembered: Translations | undefined;

  constructor(options: TranslatorOptions, policyId: PolicyId) {
    this.#options = options;
    this.#policyId = policyId;
    this.#remembered = options.memory?.of(policyId);
  }

  /** @throws PlanError naming policy and clause */
  truthOf(expr: Expr): Truth {
    const known = this.#own.truths.get(expr) ?? this.#remembered?.truths.get(expr);
    if (known !== undefined) return known;
    const truth = this.#translate(expr);
    this.#placeOf(expr).truths.set(expr, truth);
    return truth;
  }

  /**
   * When the expression is true or errs.
   *
   * @throws PlanError naming policy and clause
   */
  holdsOrErrs(expr: Expr): Predicate {
    const known = this.#own.holdsOrErrs.get(expr) ?? this.#remembered?.holdsOrErrs.get(expr);
    if (known !== undefined) return known;
    const condition = this.#holdsOrErrs(expr);
    this.#placeOf(expr).holdsOrErrs.set(expr, condition);
    return condition;
  }

  #placeOf(expr: Expr): Translations {
    return this.#remembered === undefined || asksHierarchy(expr) ? this.#own : this.#remembered;
  }

  #holdsOrErrs(expr: Expr): Predicate {
    if (expr.kind !== "and") return complement(this.truthOf(expr).fails);
    // Part by part: the complement of the whole would say again of each what was said of those before it.
    return expr.operands.reduceRight<Predicate>((rest, operand, index) => {
      if (index === expr.operands.length - 1) return this.holdsOrErrs(operand);
      const { holds, fails } = this.truthOf(operand);
      return or(complement(or(holds, fails)), and(holds, rest));
    }, ALWAYS);
  }

  #translate(expr: Expr): Truth {
    switch (expr.kind) {
      case "literal":
        return typeof expr.value === "boolean" ? (expr.value ? TRUE : FALSE) : ERROR;
      case "and":
        return allOf(expr.operands.map((operand) => this.truthOf(operand)));
      case "or":
        return anyOf(expr.operands.map((operand) => this.truthOf(operand)));
      case "if":
        return choose(this.truthOf(expr.test), this.truthOf(expr.then), this.truthOf(expr.otherwise));
      case "unary":
        return expr.operator === "!" ? not(this.truthOf(expr.operand)) : this.#atom(expr);
      default:
        return this.#atom(expr);
    }
  }

  /** The smallest thing that can be refused, or left open. */
  #atom(expr: Expr): Truth {
    try {
      const truth = this.#relation(expr);
      this.#options.check?.(truth.holds);
      this.#options.check?.(truth.fails);
      return truth;
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      const clause = describeExpression(expr);
      const policyId = this.#policyId;
      if (this.#options.approximate === true && error.code !== "too_large") {
        const open: Predicate = { kind: "unexpressed", policyId, clause };
        return { holds: open, fails: open };
      }
      throw new PlanError(error.code, `${error.message}, in \`${clause}\` of policy \`${policyId}\``, {
        help: error.help,
        policyId,
        clause,
      });
    }
  }

  #relation(expr: Expr): Truth {
    switch (expr.kind) {
      case "unary":
        return expr.operator === "isEmpty" ? this.#on(expr.operand, isEmpty) : ERROR;
      case "binary":
        return this.#binary(expr);
      case "has":
        return this.#on(expr.operand, (operand) => this.#has(operand, expr.path));
      case "like":
        return this.#on(expr.operand, (operand) => matches(operand, expr.pattern));
      case "is":
        return this.#is(expr);
      case "call": {
        if (constantOf(expr) !== undefined) break;
        if (expr.fn.style !== "method" || expr.args.length !== expr.fn.arity) break;
        const truth = this.#onAll(expr.args, (operands) => applyMethod(expr.fn, operands));
        if (truth !== undefined) return truth;
        break;
      }
    }
    return oneOf(this.#cases(expr).map(({ guard, operand }) => guarded(guard, isTrue(operand))));
  }

  #binary(expr: Expr & { kind: "binary" }): Truth {
    const { operator, left, right } = expr;
    const relation = this.#relationOf(operator);
    if (relation === undefined) {
      return oneOf(this.#cases(expr).map(({ guard, operand }) => guarded(guard, isTrue(operand))));
    }
    const truth = this.#onAll([left, right], ([a, b]) => {
      if (a === undefined || b === undefined) return ERROR;
      if (a.kind !== "value" || b.kind !== "value" || operator === "in") return relation(a, b);
      return this.#constant(() => isTrue(valueOperand(expr.apply(a.value, b.value, this.#options.entities))));
    });
    return truth ?? ERROR;
  }

  #relationOf(operator: BinaryOperator): ((left: Operand, right: Operand) => Truth) | undefined {
    switch (operator) {
      case "==":
        return equality;
      case "!=":
        return (left, right) => not(equality(left, right));
      case "<":
      case "<=":
      case ">":
      case ">=":
        return (left, right) => order(operator, left, right);
      case "in":
        return (left, right) => isIn(left, right, this.#options);
      case "contains":
        return contains;
      case "containsAll":
        return containsAll;
      case "containsAny":
        return containsAny;
      case "hasTag":
        return (left, right) => this.#hasTag(left, right);
      default:
        return undefined;
    }
  }

  #is(expr: Expr & { kind: "is" }): Truth {
    const within = expr.in;
    return this.#on(expr.operand, (operand) => {
      const type = entityTypeOf(kindOfOperand(operand));
      if (type === undefined) return ERROR;
      if (type !== expr.type) return falseWhere(definedness(operand));
      if (within === undefined) return trueWhere(definedness(operand));
      return this.#on(within, (group) => isIn(operand, group, this.#options));
    });
  }

  #has(operand: Operand, path: readonly string[]): Truth {
    const [name, ...rest] = path;
    if (name === undefined) return TRUE;
    if (operand.kind === "value" && operand.value instanceof EntityUid) throw notKnown(operand.value);
    const member = this.#member(operand, name);
    if (member === "not_attributed") return ERROR;
    const whole = definedness(operand);
    if (member === undefined) return falseWhere(whole);
    const present = definedness(member);
    const here = either(
      and(whole, present),
      member.kind === "term" ? and(whole, absent(member.term)) : { kind: "never" },
    );
    return rest.length === 0 ? here : allOf([here, this.#has(member, rest)]);
  }

  #hasTag(left: Operand, right: Operand): Truth {
    const tag = this.#tag(left, right);
    if (tag === "error") return ERROR;
    const parts = and(definedness(left), definedness(right));
    return tag === undefined ? falseWhere(parts) : either(defined(tag), and(parts, absent(tag)));
  }

  /** Undefined where the entity has no tags at all. */
  #tag(holder: Operand, key: Operand): Term | "error" | undefined {
    const type = entityTypeOf(kindOfOperand(holder));
    if (type === undefined || kindOfOperand(key) !== "String") return "error";
    if (holder.kind === "value" && holder.value instanceof EntityUid) throw notKnown(holder.value);
    const tags = this.#options.types.tagsOf(type);
    return tags && { kind: "tag", of: termOf(holder), key: termOf(key), type: tags };
  }

  /** Undefined for what the operand can't have; `not_attributed` where nothing can be asked of it. */
  #member(operand: Operand, name: string): Operand | undefined | "not_attributed" {
    if (operand.kind === "record") return operand.members.get(name);
    if (operand.kind === "value") {
      if (operand.value instanceof EntityUid) throw notKnown(operand.value);
      if (!(operand.value instanceof CedarRecord)) return "not_attributed";
      const value = operand.value.get(name);
      return value === undefined ? undefined : valueOperand(value);
    }
    if (operand.kind === "set") return "not_attributed";
    const type = this.#memberType(operand.term, name);
    if (type === undefined || type === "not_attributed") return type;
    return { kind: "term", term: { kind: "attribute", of: operand.term, name, type } };
  }

  #memberType(term: Term, name: string): ReturnType<AttributeTypes["attributeOf"]> | "not_attributed" {
    const entityType = entityTypeOf(kindOf(term));
    if (entityType !== undefined) return this.#options.types.attributeOf(entityType, name);
    const type = typeOfTerm(term);
    return type?.type === "Record" ? memberOf(type, name) : "not_attributed";
  }

  #on(expr: Expr, relation: (operand: Operand) => Truth): Truth {
    return oneOf(this.#cases(expr).map(({ guard, operand }) => guarded(guard, relation(operand))));
  }

  /** Undefined where the relation is none. */
  #onAll(
    exprs: readonly Expr[],
    relation: (operands: readonly Operand[]) => Truth | undefined,
  ): Truth | undefined {
    const truths: Truth[] = [];
    for (const { guard, operands } of this.#combinations(exprs)) {
      const truth = relation(operands);
      if (truth === undefined) return undefined;
      truths.push(guarded(guard, truth));
    }
    return oneOf(truths);
  }

  /** What the expression comes to, by cases; where none applies, it errs. */
  #cases(expr: Expr): readonly Case[] {
    const constant = constantOf(expr);
    if (constant !== undefined) return [{ guard: ALWAYS, operand: valueOperand(constant) }];
    switch (expr.kind) {
      case "variable":
        return [{ guard: ALWAYS, operand: this.#variable(expr.name) }];
      case "if": {
        const { holds, fails } = this.truthOf(expr.test);
        return limited([
          ...within(holds, this.#cases(expr.then)),
          ...within(fails, this.#cases(expr.otherwise)),
        ]);
      }
      case "attribute":
        return this.#cases(expr.operand).flatMap(({ guard, operand }) => {
          const member = this.#member(operand, expr.name);
          if (member === undefined || member === "not_attributed") return [];
          // A record is made whole before it is asked for a member.
          const whole = operand.kind === "record" ? definedness(operand) : ALWAYS;
          return [{ guard: and(guard, whole), operand: member }];
        });
      case "set":
        return this.#combinations(expr.elements).map(({ guard, operands }) => ({
          guard,
          operand: { kind: "set", elements: operands },
        }));
      case "record":
        return this.#combinations(expr.values).map(({ guard, operands }) => {
          const members = new Map(operands.map((operand, i) => [expr.names[i] ?? "", operand]));
          return { guard, operand: { kind: "record", members } };
        });
      case "unary":
        return expr.operator === "neg"
          ? this.#arithmetic(expr, [ZERO, expr.operand], "-")
          : this.#boolean(expr);
      case "binary":
        return this.#binaryCases(expr);
      case "call":
        return this.#combinations(expr.args).flatMap(({ guard, operands }) => {
          const operand = applyCall(expr.fn, operands);
          if (operand === "truth") return this.#boolean(expr);
          return operand === undefined ? [] : [{ guard, operand }];
        });
      default:
        return this.#boolean(expr);
    }
  }

  #binaryCases(expr: Expr & { kind: "binary" }): readonly Case[] {
    switch (expr.operator) {
      case "+":
      case "-":
      case "*":
        return this.#arithmetic(expr, [expr.left, expr.right], expr.operator);
      case "getTag":
        return this.#combinations([expr.left, expr.right]).flatMap(({ guard, operands: [holder, key] }) => {
          const term = holder && key && this.#tag(holder, key);
          return term === undefined || term === "error"
            ? []
            : [{ guard, operand: { kind: "term", term } as const }];
        });
      default:
        return this.#boolean(expr);
    }
  }

  #arithmetic(
    expr: Expr & { kind: "unary" | "binary" },
    operands: readonly Expr[],
    operator: "+" | "-" | "*",
  ): readonly Case[] {
    return this.#combinations(operands).flatMap(({ guard, operands: [left, right] }) => {
      if (left === undefined || right === undefined) return [];
      if (kindOfOperand(left) !== "Long" || kindOfOperand(right) !== "Long") return [];
      if (left.kind === "value" && right.kind === "value") {
        const { value } = right;
        const other = left.value;
        return this.#attempt(() =>
          valueOperand(
            expr.kind === "unary" ? expr.apply(value) : expr.apply(other, value, this.#options.entities),
          ),
        ).map((operand) => ({ guard, operand }));
      }
      const term: Term = { kind: "arithmetic", operator, left: termOf(left), right: termOf(right) };
      return [{ guard, operand: { kind: "term", term } }];
    });
  }

  /** A condition as a value. */
  #boolean(expr: Expr): readonly Case[] {
    const { holds, fails } = this.truthOf(expr);
    return [
      { guard: holds, operand: valueOperand(true) },
      { guard: fails, operand: valueOperand(false) },
    ].filter(({ guard }) => guard.kind !== "never") as Case[];
  }

  #combinations(exprs: readonly Expr[]): readonly { guard: Predicate; operands: readonly Operand[] }[] {
    let combinations: { guard: Predicate; operands: readonly Operand[] }[] = [
      { guard: ALWAYS, operands: [] },
    ];
    for (const expr of exprs) {
      const cases = this.#cases(expr);
      combinations = limited(
        combinations.flatMap((before) =>
          cases.map(({ guard, operand }) => ({
            guard: and(before.guard, guard),
            operands: [...before.operands, operand],
          })),
        ),
      );
    }
    return combinations.filter(({ guard }) => guard.kind !== "never");
  }

  #variable(name: "principal" | "action" | "resource" | "context"): Operand {
    const session = name === "principal" || name === "context" ? this.#options.session?.[name] : undefined;
    if (session !== undefined && (name === "principal" || name === "context")) {
      return { kind: "term", term: { kind: "session", variable: name, type: session } };
    }
    if (name !== (this.#options.row ?? "resource")) {
      throw new PlanError("not_known", `the ${name} is not wholly known`, {
        help: "a filter depends on the row alone: plan with everything else given",
      });
    }
    const type = { type: "Entity", name: this.#options.resourceType } as const;
    return { kind: "term", term: { kind: "row", type } };
  }

  #constant(evaluate: () => Truth): Truth {
    return this.#attempt(evaluate)[0] ?? ERROR;
  }

  #attempt<T>(evaluate: () => T): T[] {
    try {
      return [evaluate()];
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  }
}

const ZERO: Expr = { kind: "literal", value: 0 };

function matches(operand: Operand, pattern: readonly string[]): Truth {
  if (kindOfOperand(operand) !== "String") return ERROR;
  const [only] = pattern;
  if (pattern.length <= 1) return equality(operand, valueOperand(only ?? ""));
  const term = termOf(operand);
  const atom = { kind: "like", term, pattern } as const;
  return either({ ...atom, negated: false }, { ...atom, negated: true });
}

/** A value where a condition is wanted. */
function isTrue(operand: Operand): Truth {
  return kindOfOperand(operand) === "Boolean" ? equality(operand, valueOperand(true)) : ERROR;
}

function within(guard: Predicate, cases: readonly Case[]): readonly Case[] {
  return cases.map((one) => ({ guard: and(guard, one.guard), operand: one.operand }));
}

function limited<T>(cases: T[]): T[] {
  if (cases.length <= MAX_CASES) return cases;
  throw new PlanError("too_large", "too many alternatives meet in one comparison", {
    help: "use `&&` and `||` instead of `if` within operands",
  });
}

function notKnown(uid: EntityUid): PlanError {
  return new PlanError("not_known", `\`${uid}\` is not wholly known`, {
    help: "a filter depends on the row alone: everything else must be fetched before",
  });
}
