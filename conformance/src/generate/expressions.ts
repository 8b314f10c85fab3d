import type { Choices } from "./choices.js";
import { isIdentifier, key, quote } from "./text.js";
import { type Attribute, genType, type Type, type Vocabulary } from "./types.js";
import { genValue, STRINGS, uidSource } from "./values.js";

/** What an expression can refer to: the variables, with the types that the action in view gives them. */
export interface Scope {
  vocabulary: Vocabulary;
  principal: string;
  resource: string;
  context: Map<string, Attribute>;
}

const BOOL: Type = { kind: "Bool" };
const LONG: Type = { kind: "Long" };
const STRING: Type = { kind: "String" };
const DATETIME: Type = { kind: "datetime" };
const DURATION: Type = { kind: "duration" };
const IP: Type = { kind: "ipaddr" };
const DECIMAL: Type = { kind: "decimal" };

/** One in so many sub-expressions has another type than it should: a type error, where it is evaluated. */
const ILL_TYPED = 0.03;
const INVALID_LITERALS: Partial<Record<Type["kind"], string[]>> = {
  ipaddr: ['ip("1.2.3.4.5")', 'ip("01.2.3.4")', 'ip("::ffff:1.2.3.4")', 'ip("1.2.3.4/33")', 'ip("")'],
  decimal: ['decimal("1")', 'decimal("1.23456")', 'decimal("922337203685477.5808")', 'decimal("+1.0")'],
  datetime: [
    'datetime("2024-02-30")',
    'datetime("2024-1-1")',
    'datetime("2024-01-01T00:00:00+2400")',
    'datetime("")',
  ],
  duration: ['duration("1")', 'duration("1s1d")', 'duration("9223372036854775808ms")', 'duration("")'],
};

/** Expressions in Cedar source, mostly well-typed. Each is in parentheses wherever it is an operand. */
export class ExpressionGenerator {
  readonly #choices: Choices;
  readonly #scope: Scope;

  constructor(choices: Choices, scope: Scope) {
    this.#choices = choices;
    this.#scope = scope;
  }

  expression(type: Type, depth: number): string {
    const choices = this.#choices;
    if (choices.chance(ILL_TYPED)) return this.expression(this.#anyType(), depth);
    if (depth <= 0 || choices.chance(0.1)) return this.#leaf(type);
    switch (choices.below(12)) {
      case 0:
        return this.#leaf(type);
      case 1:
      case 2:
        return this.#access(type) ?? this.#leaf(type);
      case 3:
        return `if ${this.#operand(BOOL, depth)} then ${this.#operand(type, depth)} else ${this.#operand(type, depth)}`;
      case 4:
        return this.#fromRecord(type, depth);
      case 5:
        return this.#tag(type, depth) ?? this.#operation(type, depth);
      default:
        return this.#operation(type, depth);
    }
  }

  /** A boolean operator on operands that are as simple as can be. */
  question(depth: number): string {
    return this.#boolean(depth);
  }

  #operand(type: Type, depth: number): string {
    return `(${this.expression(type, depth - 1)})`;
  }

  #anyType(): Type {
    return genType(this.#choices, this.#entityTypeNames(), 1);
  }

  #entityTypeNames(): string[] {
    return this.#scope.vocabulary.entityTypes.map(({ name }) => name);
  }

  #leaf(type: Type): string {
    const choices = this.#choices;
    if (type.kind === "Entity" && choices.chance(0.5)) {
      if (type.name === this.#scope.principal) return "principal";
      if (type.name === this.#scope.resource) return "resource";
    }
    const invalid = INVALID_LITERALS[type.kind];
    if (invalid && choices.chance(0.1)) return choices.pick(invalid);
    return genValue(choices, type, this.#scope.vocabulary).source;
  }

  /** An attribute of a variable that has the type, more often than not behind the `has` that it may need. */
  #access(type: Type): string | null {
    const found = this.#variables().flatMap(([variable, attributes]) =>
      [...attributes]
        .filter(([, attribute]) => sameType(attribute.type, type))
        .map(([name]) => ({ variable, name })),
    );
    if (found.length === 0) return null;
    const { variable, name } = this.#choices.pick(found);
    const access = `${variable}${this.#select(name)}`;
    if (type.kind === "Bool" && this.#choices.chance(0.5)) return `${variable} has ${key(name)} && ${access}`;
    return access;
  }

  #select(name: string): string {
    return isIdentifier(name) && !this.#choices.chance(0.3) ? `.${name}` : `[${quote(name)}]`;
  }

  #variables(): [string, Map<string, Attribute>][] {
    const { principal, resource, context } = this.#scope;
    return [
      ["(context)", context],
      ["(principal)", this.#attributesOf(principal)],
      ["(resource)", this.#attributesOf(resource)],
    ];
  }

  #attributesOf(entityType: string): Map<string, Attribute> {
    return (
      this.#scope.vocabulary.entityTypes.find(({ name }) => name === entityType)?.attributes ?? new Map()
    );
  }

  #fromRecord(type: Type, depth: number): string {
    const name = this.#choices.pick(["a", "__proto__", "x y"]);
    const asked = this.#choices.chance(0.05) ? "missing" : name;
    return `({${key(name)}: ${this.#operand(type, depth)}, other: ${this.#operand(LONG, 1)}})${this.#select(asked)}`;
  }

  #tag(type: Type, depth: number): string | null {
    const owners = this.#scope.vocabulary.entityTypes.filter(
      ({ tags }) => tags !== null && sameType(tags, type),
    );
    if (owners.length === 0) return null;
    const owner = this.#operand({ kind: "Entity", name: this.#choices.pick(owners).name }, depth);
    const name = this.#operand(STRING, depth);
    if (type.kind === "Bool" && this.#choices.chance(0.7))
      return `${owner}.hasTag(${name}) && ${owner}.getTag(${name})`;
    return `${owner}.getTag(${name})`;
  }

  #operation(type: Type, depth: number): string {
    switch (type.kind) {
      case "Bool":
        return this.#boolean(depth);
      case "Long":
        return this.#long(depth);
      case "Set":
        return `[${this.#choices.list(0, 3, () => this.#operand(type.element, depth)).join(", ")}]`;
      case "Record":
        return `{${[...type.attributes].map(([name, { type: member }]) => `${key(name)}: ${this.#operand(member, depth)}`).join(", ")}}`;
      case "datetime":
        return this.#choices.pick([
          () => `${this.#operand(DATETIME, depth)}.offset(${this.#operand(DURATION, depth)})`,
          () => `${this.#operand(DATETIME, depth)}.toDate()`,
        ])();
      case "duration":
        return this.#choices.pick([
          () => `${this.#operand(DATETIME, depth)}.durationSince(${this.#operand(DATETIME, depth)})`,
          () => `${this.#operand(DATETIME, depth)}.toTime()`,
        ])();
      case "ipaddr":
      case "decimal":
        return this.#construction(type.kind === "ipaddr" ? "ip" : "decimal", depth);
      default:
        return this.#leaf(type);
    }
  }

  /** A constructor on what isn't a literal: outside strict validation, Cedar evaluates it. */
  #construction(fn: string, depth: number): string {
    return `${fn}(${this.#operand(STRING, depth)})`;
  }

  #long(depth: number): string {
    const unit = this.#choices.pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]);
    return this.#choices.pick([
      () => `${this.#operand(LONG, depth)} + ${this.#operand(LONG, depth)}`,
      () => `${this.#operand(LONG, depth)} - ${this.#operand(LONG, depth)}`,
      () => `${this.#operand(LONG, depth)} * ${this.#operand(LONG, depth)}`,
      () => `-${this.#operand(LONG, depth)}`,
      () => `${this.#operand(DURATION, depth)}.${unit}()`,
    ])();
  }

  #boolean(depth: number): string {
    return this.#choices.pick([
      () => this.#logic(depth),
      () => this.#equality(depth),
      () => this.#comparison(depth),
      () => this.#hierarchy(depth),
      () => this.#presence(depth),
      () => this.#like(depth),
      () => this.#setQuestion(depth),
      () => this.#extensionQuestion(depth),
    ])();
  }

  #logic(depth: number): string {
    const left = this.#operand(BOOL, depth);
    const operator = this.#choices.below(3);
    return operator === 0
      ? `!${left}`
      : `${left} ${operator === 1 ? "&&" : "||"} ${this.#operand(BOOL, depth)}`;
  }

  #equality(depth: number): string {
    const type = this.#anyType();
    const other = this.#choices.chance(0.1) ? this.#anyType() : type;
    return `${this.#operand(type, depth)} ${this.#choices.pick(["==", "!="])} ${this.#operand(other, depth)}`;
  }

  #comparison(depth: number): string {
    const type = this.#choices.pick([LONG, LONG, DATETIME, DURATION]);
    return `${this.#operand(type, depth)} ${this.#choices.pick(["<", "<=", ">", ">="])} ${this.#operand(type, depth)}`;
  }

  #hierarchy(depth: number): string {
    const names = this.#entityTypeNames();
    const entityType = () => this.#choices.pick(names);
    const entity = (): string => this.#operand({ kind: "Entity", name: entityType() }, depth);
    const left = this.#choices.pick(["(principal)", "(resource)", "(action)", entity()]);
    const target = () => (left === "(action)" ? `(${this.#action()})` : entity());
    const set = () => `[${this.#choices.list(0, 3, target).join(", ")}]`;
    return this.#choices.pick([
      () => `${left} in ${target()}`,
      () => `${left} in ${set()}`,
      () => `${left} is ${entityType()}`,
      () => `${left} is ${entityType()} in ${target()}`,
      () => `${left} is ${entityType()} in ${set()}`,
    ])();
  }

  #action(): string {
    const { actions, actionType } = this.#scope.vocabulary;
    return uidSource({ type: actionType, id: this.#choices.pick(actions).id });
  }

  #presence(depth: number): string {
    const [variable, attributes] = this.#choices.pick(this.#variables());
    const entityType = this.#choices.pick(this.#entityTypeNames());
    const known = [...attributes.keys(), "missing"];
    const name = this.#choices.pick(known);
    const owner = this.#operand({ kind: "Entity", name: entityType }, depth);
    return this.#choices.pick([
      () => `${variable} has ${key(name)}`,
      () => `${variable} has ${this.#path(attributes)}`,
      () => `${owner} has ${key(name)}`,
      () => `${owner}.hasTag(${this.#operand(STRING, depth)})`,
      () => `({a: {b: {c: 1}}}) has ${this.#choices.pick(["a.b", "a.b.c", "a.c", "b", "a.b.c.d"])}`,
    ])();
  }

  /** A path of identifiers, along attributes that exist as far as they do. */
  #path(attributes: Map<string, Attribute>): string {
    const usable = [...attributes].filter(([name]) => isIdentifier(name));
    if (usable.length === 0) return "a.b";
    const [name, { type }] = this.#choices.pick(usable);
    const below =
      type.kind === "Record"
        ? type.attributes
        : type.kind === "Entity"
          ? this.#attributesOf(type.name)
          : new Map();
    const next = [...below.keys()].filter(isIdentifier);
    return `${name}.${next.length > 0 ? this.#choices.pick(next) : "b"}`;
  }

  #like(depth: number): string {
    const pattern = this.#choices
      .list(0, 3, () =>
        this.#choices.chance(0.5)
          ? "*"
          : quote(this.#choices.pick(STRINGS)).slice(1, -1).replaceAll("*", "\\*"),
      )
      .join("");
    return `${this.#operand(STRING, depth)} like "${pattern}"`;
  }

  #setQuestion(depth: number): string {
    const element = this.#choices.pick([LONG, STRING, this.#anyType()]);
    const set = (): string => this.#operand({ kind: "Set", element }, depth);
    return this.#choices.pick([
      () => `${set()}.contains(${this.#operand(element, depth)})`,
      () => `${set()}.containsAll(${set()})`,
      () => `${set()}.containsAny(${set()})`,
      () => `${set()}.isEmpty()`,
    ])();
  }

  #extensionQuestion(depth: number): string {
    const ip = () => this.#operand(IP, depth);
    const decimal = () => this.#operand(DECIMAL, depth);
    return this.#choices.pick([
      () => `${ip()}.${this.#choices.pick(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])}()`,
      () => `${ip()}.isInRange(${ip()})`,
      () =>
        `${decimal()}.${this.#choices.pick(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])}(${decimal()})`,
      () =>
        `${this.#operand(DATETIME, depth)} ${this.#choices.pick(["<", ">="])} ${this.#operand(DATETIME, depth)}`,
    ])();
  }
}

function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "Entity") return b.kind === "Entity" && a.name === b.name;
  if (a.kind === "Set") return b.kind === "Set" && sameType(a.element, b.element);
  return true;
}
