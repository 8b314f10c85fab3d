import type { ParentMapping } from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";
import {
  type Atom,
  type ComparisonOperator,
  describePredicate,
  type EntityLiteral,
  isTerm,
  type Literal,
  type Predicate,
  type Term,
} from "../../predicate/index.js";
import type { AnyPlace, ListPlace, Place, Places, ScalarPlace, SetPlace } from "./places.js";
import { anyValue, idOf, isStorable, prismaValue, refusal, requireExact, type Where } from "./values.js";

/** Which database Prisma speaks to: only PostgreSQL's `LIKE` tells case apart whatever the settings. */
export type PrismaProvider = "postgresql" | "mysql" | "sqlite";

/**
 * Compiles predicates to what Prisma's `where` takes. Each part is true for exactly the rows that it should be, or
 * refused.
 */
export class WhereCompiler {
  readonly #places: Places;
  readonly #type: string;
  readonly #options: {
    readonly provider: PrismaProvider;
    readonly approximate: boolean;
    isStatic(type: string): boolean;
  };

  constructor(
    places: Places,
    resourceType: string,
    options: {
      readonly provider: PrismaProvider;
      readonly approximate: boolean;
      isStatic(type: string): boolean;
    },
  ) {
    this.#places = places;
    this.#type = resourceType;
    this.#options = options;
  }

  compile(predicate: Predicate): Where {
    switch (predicate.kind) {
      case "always":
      case "unexpressed":
        return this.always();
      case "never":
        return this.never();
      case "and":
        return { AND: predicate.operands.map((operand) => this.compile(operand)) };
      case "or":
        return { OR: predicate.operands.map((operand) => this.compile(operand)) };
      default:
        return this.#orOpen(predicate);
    }
  }

  // Of an empty `AND`, `NOT` makes all rows again; of these it makes none, and all.

  always(): Where {
    return { [this.#idField()]: { notIn: [] } };
  }

  never(): Where {
    return { [this.#idField()]: { in: [] } };
  }

  #idField(): string {
    const row = this.#places.row(this.#type);
    return this.#places.id(row, row).field;
  }

  #orOpen(atom: Atom): Where {
    try {
      return this.#atom(atom);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      if (this.#options.approximate) return this.always();
      const { code, message, help } = error;
      throw new PlanError(code, message, { help, clause: describePredicate(atom) });
    }
  }

  #atom(atom: Atom): Where {
    switch (atom.kind) {
      case "defined":
        return this.#defined(this.#places.find(atom.term));
      case "absent":
        return this.#absent(this.#places.find(atom.term));
      case "compare":
        return this.#comparison(atom.operator, atom.left, atom.right);
      case "among":
        return this.#among(this.#scalar(atom.term), atom.values, atom.negated);
      case "like":
        return this.#like(this.#scalar(atom.term), atom.pattern, atom.negated);
      case "contains":
        return this.#contains(this.#places.find(atom.set), literalOf(atom.element), atom.negated);
      case "containsAll":
      case "containsAny":
        return this.#setRelation(atom);
      case "isEmpty":
        return this.#isEmpty(this.#places.find(atom.set), atom.negated);
      case "within":
        return this.#within(atom.member, atom.of, atom.negated);
      default:
        throw refusal("addresses are asked for their ranges");
    }
  }

  #scalar(term: Term): ScalarPlace {
    const place = this.#places.find(term);
    if (place.kind === "scalar") return place;
    throw refusal("a set or record is compared as a whole");
  }

  #defined(place: AnyPlace): Where {
    switch (place.kind) {
      case "scalar":
        return place.place.wrap(hasValue(place));
      case "list":
        return place.place.wrap({ OR: [isEmptyList(place, true), isEmptyList(place, false)] });
      case "set":
        return this.#isThere(place.place);
      case "record":
        return place.place.wrap({ OR: place.fields.map(hasValue) });
    }
  }

  #isThere(place: Place): Where {
    return place.isRow ? this.always() : place.wrap({});
  }

  #absent(found: AnyPlace): Where {
    const { place } = found;
    if (found.kind === "scalar" && found.isTag) return { NOT: place.wrap(hasValue(found)) };
    const missing = place.isRow ? [] : [{ NOT: place.wrap({}) }];
    switch (found.kind) {
      case "scalar":
        return { OR: [...missing, place.wrap({ [found.field]: null })] };
      case "record":
        return {
          OR: [...missing, place.wrap({ AND: found.fields.map(({ field }) => ({ [field]: null })) })],
        };
      case "set":
        return missing[0] ?? this.never();
      case "list":
        throw refusal("a list is asked for its absence");
    }
  }

  #comparison(operator: ComparisonOperator, left: Term, right: Term): Where {
    if (left.kind === "literal" && right.kind !== "literal") {
      return this.#comparison(FLIPPED[operator], right, left);
    }
    if (right.kind !== "literal") throw refusal("two values of the row are compared with each other");
    const scalar = this.#scalar(left);
    return scalar.place.wrap(compare(scalar, operator, right.value));
  }

  #among(scalar: ScalarPlace, literals: readonly Literal[], negated: boolean): Where {
    const { place, field, stored } = scalar;
    // Of moments each is a range, and booleans have no list.
    if (literals.some((literal) => literal.type === "Boolean" || isMoment(literal, scalar))) {
      const each = literals.map((literal) => compare(scalar, negated ? "!=" : "==", literal));
      return place.wrap(negated ? { AND: each } : { OR: each });
    }
    const values = literals
      .map((literal) => prismaValue(literal, stored))
      .filter((value) => value !== undefined);
    if (values.length === 0) return negated ? this.#defined(scalar) : this.never();
    return place.wrap({ [field]: negated ? { notIn: values } : { in: values } });
  }

  #like(scalar: ScalarPlace, pattern: readonly string[], negated: boolean): Where {
    const { place, field, stored } = scalar;
    const [first = "", last = ""] = [pattern[0], pattern.at(-1)];
    requireExact(stored.exact);
    if (!pattern.every(isStorable)) return negated ? this.#defined(scalar) : this.never();
    if (pattern.length === 1) {
      return place.wrap(compare(scalar, negated ? "!=" : "==", { type: "String", value: first }));
    }
    if (this.#options.provider !== "postgresql") {
      throw refusal("a pattern is looked for, in which this database doesn't tell case apart");
    }
    const inner = pattern.slice(1, -1).filter((piece) => piece !== "");
    const condition = soleCondition(first, inner, last);
    if (condition === undefined) throw refusal("a pattern of several parts is looked for");
    if (condition === "any") return negated ? this.never() : this.#defined(scalar);
    // NOT of NULL is NULL: only what has a value is left.
    return place.wrap(negated ? { NOT: { [field]: condition } } : { [field]: condition });
  }

  #contains(set: AnyPlace, element: Literal, negated: boolean): Where {
    if (set.kind === "set") return this.#someOf(set, [element], negated);
    if (set.kind !== "list") throw refusal("it is no set");
    const value = valueInList(element, set);
    if (value === undefined) return negated ? this.#defined(set) : this.never();
    const has = { [set.field]: { has: value } };
    return set.place.wrap(negated ? { NOT: has } : has);
  }

  #setRelation({ kind, negated, left, right }: Atom & { kind: "containsAll" | "containsAny" }): Where {
    if (left.kind === "literal" && kind === "containsAll") throw refusal("a set is held within another");
    const [term, other] = left.kind === "literal" ? [right, left] : [left, right];
    const elements = elementsOf(literalOf(other));
    const set = this.#places.find(term);
    if (set.kind === "set") {
      if (kind === "containsAny") return this.#someOf(set, elements, negated);
      const each = elements.map((element) => this.#someOf(set, [element], negated));
      if (each.length === 0) return negated ? this.never() : this.#defined(set);
      return negated ? { OR: each } : { AND: each };
    }
    if (set.kind !== "list") throw refusal("it is no set");
    const values = elements.map((element) => valueInList(element, set));
    const storable = values.filter((value) => value !== undefined);
    const isMissing = kind === "containsAll" ? storable.length < values.length : storable.length === 0;
    if (isMissing) return negated ? this.#defined(set) : this.never();
    const holds = { [set.field]: kind === "containsAll" ? { hasEvery: storable } : { hasSome: storable } };
    return set.place.wrap(negated ? { NOT: holds } : holds);
  }

  /** Whether a set in a table of its own has one of these. */
  #someOf(
    { place, relation, field, stored }: SetPlace,
    elements: readonly Literal[],
    negated: boolean,
  ): Where {
    const values = elements
      .map((element) => prismaValue(element, stored))
      .filter((value) => value !== undefined);
    return place.wrap({ [relation]: { [negated ? "none" : "some"]: { [field]: { in: values } } } });
  }

  #isEmpty(set: AnyPlace, negated: boolean): Where {
    if (set.kind === "list") return set.place.wrap(isEmptyList(set, !negated));
    if (set.kind !== "set") throw refusal("it is no set");
    const element = hasValue(set);
    return set.place.wrap({ [set.relation]: { [negated ? "some" : "none"]: element } });
  }

  #within(member: Term, of: readonly EntityLiteral[] | Term, negated: boolean): Where {
    if (isTerm(of)) throw refusal("two entities of the row are compared by a hierarchy");
    if (negated) throw refusal("what is in no hierarchy is asked for");
    const scalar = this.#scalar(member);
    const type = scalar.type === "Entity" ? entityTypeName(member) : "";
    const climb = new Climb(this.#places, of, this.#options.isStatic);
    return { OR: climb.from(scalar, type, () => this.#places.placeOf(member), new Set()) };
  }
}

/** Follows parents, type by type, as far as they lead to what is looked for. */
class Climb {
  readonly #places: Places;
  readonly #sought: readonly EntityLiteral[];
  readonly #isStatic: (type: string) => boolean;

  constructor(places: Places, sought: readonly EntityLiteral[], isStatic: (type: string) => boolean) {
    this.#places = places;
    this.#sought = sought;
    this.#isStatic = isStatic;
  }

  /** Conditions of which one must hold. */
  from(id: ScalarPlace, type: string, row: () => Place, below: ReadonlySet<string>): Where[] {
    const own = this.#sought.filter(({ name }) => name === type);
    const values = own.map((one) => idOf(one.id, id.stored.as as "text", id.stored.exact));
    const found = values.filter((value) => value !== undefined);
    const itself = [id.place.wrap({ [id.field]: { in: found } })];
    return [...itself, ...this.#above(type, row, new Set([...below, type]))];
  }

  #above(type: string, row: () => Place, below: ReadonlySet<string>): Where[] {
    return this.#parentsOf(type).flatMap((parent) => {
      if (!this.#leads(parent.type, new Set())) return [];
      if (below.has(parent.type)) throw refusal("a hierarchy may be of any depth");
      const isThere = row();
      return this.from(
        this.#places.parent(isThere, parent),
        parent.type,
        () => this.#places.parentRow(isThere, parent),
        below,
      );
    });
  }

  #parentsOf(type: string): readonly ParentMapping[] {
    if (this.#places.has(type)) return this.#places.tableOf(type).parents;
    if (this.#isStatic(type)) return [];
    throw new PlanError("not_mapped", `nothing says what entities of type ${type} are below`, {
      help: `add \`${type}\` to the mapping`,
    });
  }

  /** Whether something looked for may be of the type, or above it. */
  #leads(type: string, seen: Set<string>): boolean {
    if (this.#sought.some(({ name }) => name === type)) return true;
    if (seen.has(type)) return false;
    seen.add(type);
    return this.#parentsOf(type).some((parent) => this.#leads(parent.type, seen));
  }
}

const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

const OPERATORS = { "==": "equals", "!=": "not", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" } as const;

type Column = Pick<ScalarPlace, "field" | "stored" | "type">;

/** Whatever has a value is equal to any one, or differs from it. Fields that may not be null refuse to be asked for it. */
function hasValue({ field, stored, type }: Column): Where {
  const value = anyValue(type, stored.as);
  return { OR: [{ [field]: { equals: value } }, { [field]: { not: value } }] };
}

function compare(column: Column, operator: ComparisonOperator, literal: Literal): Where {
  const { field, stored } = column;
  if (isMoment(literal, column)) return momentIs(field, operator, literal, stored);
  const value = prismaValue(literal, stored);
  if (value !== undefined) return { [field]: { [OPERATORS[operator]]: value } };
  return operator === "==" ? { [field]: { in: [] } } : hasValue(column);
}

function isMoment(literal: Literal, { stored }: Column): literal is Literal & { type: "datetime" } {
  return literal.type === "datetime" && stored.as !== "milliseconds";
}

/** A moment of the column finer than milliseconds is rounded down. */
function momentIs(
  field: string,
  operator: ComparisonOperator,
  literal: Literal & { type: "datetime" },
  stored: Column["stored"],
): Where {
  const at = prismaValue(literal, stored);
  const next = prismaValue({ type: "datetime", value: String(BigInt(literal.value) + 1n) }, stored);
  switch (operator) {
    case "==":
      return { [field]: { gte: at, lt: next } };
    case "!=":
      return { OR: [{ [field]: { lt: at } }, { [field]: { gte: next } }] };
    case "<":
      return { [field]: { lt: at } };
    case "<=":
      return { [field]: { lt: next } };
    case ">":
      return { [field]: { gte: next } };
    case ">=":
      return { [field]: { gte: at } };
  }
}

/** Undefined where it takes several. */
function soleCondition(first: string, inner: readonly string[], last: string): Where | "any" | undefined {
  const pieces = [first, ...inner, last].filter((piece) => piece !== "");
  if (pieces.length === 0) return "any";
  if (pieces.length > 1) return undefined;
  // Prisma takes what it is given for a pattern.
  const literally = (piece: string) => piece.replace(/[\\%_]/g, "\\$&");
  if (first !== "") return { startsWith: literally(first) };
  if (last !== "") return { endsWith: literally(last) };
  return { contains: literally(inner[0] ?? "") };
}

function isEmptyList({ field }: ListPlace, isEmpty: boolean): Where {
  return { [field]: { isEmpty } };
}

/** In a list, entities are ids as text. */
function valueInList(literal: Literal, { stored }: ListPlace) {
  if (literal.type === "Entity") return idOf(literal.id, "text", stored.exact);
  return prismaValue(literal, stored);
}

function literalOf(term: Term): Literal {
  if (term.kind === "literal") return term.value;
  throw refusal("two values of the row are compared with each other");
}

function elementsOf(literal: Literal): readonly Literal[] {
  if (literal.type === "Set") return literal.elements;
  throw new PlanError("predicate_invalid", "expected a set");
}

function entityTypeName(term: Term): string {
  if (term.kind === "row") return term.type.name;
  if (term.kind === "attribute" && term.type.type === "Entity") return term.type.name;
  throw refusal("an entity is computed");
}
