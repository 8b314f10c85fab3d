import type { ExprJson, SchemaType } from "@cordon/engine";
import fc from "fast-check";
import {
  call,
  choice,
  isAskable,
  keyOfType,
  literal,
  namesIn,
  operator,
  type Path,
  PRINCIPAL,
  pathsOf,
  RESOURCE,
} from "./expressions.js";
import { type PoolOptions, text, uidOf } from "./pools.js";
import { type Shape, tagsOf, typesOf } from "./shape.js";
import { Terms } from "./terms.js";

type Expr = fc.Arbitrary<ExprJson>;

/** Conditions over a document, and what the principal is, that ask for every kind of thing. */
export function conditions(shape: Shape, options: PoolOptions): Expr {
  const atom = new Atoms(shape, options).any();
  return fc.letrec<{ condition: ExprJson }>((tie) => {
    const inner = tie("condition");
    const pair = fc.tuple(inner, inner);
    return {
      condition: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        { weight: 5, arbitrary: atom },
        { weight: 2, arbitrary: pair.map(([left, right]) => operator("&&", left, right)) },
        { weight: 2, arbitrary: pair.map(([left, right]) => operator("||", left, right)) },
        { weight: 1, arbitrary: inner.map((arg): ExprJson => ({ "!": { arg } })) },
        {
          weight: 1,
          arbitrary: fc.tuple(inner, inner, inner).map(([test, yes, no]) => choice(test, yes, no)),
        },
      ),
    };
  }).condition;
}

const DECIMALS = ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"] as const;
const ORDER = ["<", "<=", ">", ">="] as const;

class Atoms {
  readonly #shape: Shape;
  readonly #options: PoolOptions;
  readonly #paths: readonly Path[];
  readonly #terms: Terms;

  constructor(shape: Shape, options: PoolOptions) {
    this.#shape = shape;
    this.#options = options;
    this.#paths = pathsOf(shape);
    this.#terms = new Terms(shape, options, this.#paths);
  }

  any(): Expr {
    return fc.oneof(
      { weight: 12, arbitrary: fc.oneof(...this.#comparisons()) },
      { weight: 3, arbitrary: fc.oneof(...this.#texts()) },
      ...weighted(6, this.#sets()),
      ...weighted(2, this.#records()),
      { weight: 6, arbitrary: fc.oneof(...this.#hierarchy()) },
      ...weighted(5, this.#presence()),
      { weight: 2, arbitrary: fc.oneof(...this.#addresses()) },
      { weight: 2, arbitrary: this.#terms.of({ type: "Boolean" }) },
      ...weighted(1, this.#oddSets()),
      { weight: 1, arbitrary: this.#ofDifferentTypes() },
    );
  }

  #comparisons(): Expr[] {
    const decimal: SchemaType = { type: "Extension", name: "decimal" };
    const ordered: SchemaType[] = [
      { type: "Long" },
      { type: "Extension", name: "datetime" },
      { type: "Extension", name: "duration" },
    ];
    const equal: SchemaType[] = [
      ...ordered,
      decimal,
      { type: "String" },
      { type: "Boolean" },
      { type: "Extension", name: "ipaddr" },
      ...typesOf(this.#shape).map((name) => ({ type: "Entity", name }) as const),
    ];
    return [
      ...equal.map((type) => this.#pair(["==", "==", "!="], type)),
      ...ordered.flatMap((type) => [this.#pair(ORDER, type), this.#pair(ORDER, type)]),
      fc
        .tuple(fc.constantFrom(...DECIMALS), this.#terms.of(decimal), this.#terms.of(decimal))
        .map(([name, left, right]) => call(name, left, right)),
    ];
  }

  #pair(names: readonly string[], type: SchemaType): Expr {
    return fc
      .tuple(fc.constantFrom(...names), this.#terms.of(type), this.#terms.of(type))
      .map(([name, left, right]) => operator(name, left, right));
  }

  #texts(): Expr[] {
    const letters = ["a", "b", "A", "%", "_", "*", "\\", "é", "😀", " ", "|"];
    const piece = fc.oneof(
      fc.constant("Wildcard" as const),
      fc.constantFrom(...letters, ...(this.#options.storesNul ? ["\0"] : [])).map((Literal) => ({ Literal })),
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 5 });
    return [
      fc
        .tuple(this.#terms.of({ type: "String" }), pattern)
        .map(([left, like]): ExprJson => ({ like: { left, pattern: like } })),
    ];
  }

  #sets(): Expr[] {
    return this.#distinct((type) => type.type === "Set" && isAskable(type)).map((type) => this.#setOf(type));
  }

  #oddSets(): Expr[] {
    return this.#distinct((type) => type.type === "Set" && !isAskable(type)).map((type) => this.#setOf(type));
  }

  #setOf(type: SchemaType): Expr {
    const set = this.#terms.of(type);
    const one = this.#terms.of(type.type === "Set" ? type.element : type);
    return fc.oneof(
      fc.tuple(set, one).map(([left, right]) => operator("contains", left, right)),
      fc
        .tuple(fc.constantFrom("containsAll", "containsAny", "=="), set, set)
        .map(([name, left, right]) => operator(name, left, right)),
      set.map((arg): ExprJson => ({ isEmpty: { arg } })),
    );
  }

  #records(): Expr[] {
    return this.#distinct((type) => type.type === "Record").map((type) => this.#pair(["==", "!="], type));
  }

  #hierarchy(): Expr[] {
    const uid = fc
      .constantFrom(...typesOf(this.#shape))
      .chain((type) => uidOf(type, this.#options))
      .map(literal);
    const stored = this.#paths.filter(({ type, isStored }) => type.type === "Entity" && isStored);
    const entity = constant(stored.map(({ expr }) => expr));
    const sets = this.#paths.filter(({ type }) => type.type === "Set" && type.element.type === "Entity");
    const up = fc.oneof(
      { weight: 4, arbitrary: uid },
      { weight: 2, arbitrary: fc.array(uid, { maxLength: 3 }).map((uids): ExprJson => ({ Set: uids })) },
      { weight: 2, arbitrary: entity },
    );
    const row = fc.oneof({ weight: 3, arbitrary: fc.constant(RESOURCE) }, { weight: 2, arbitrary: entity });
    const known = fc.oneof(fc.constant(PRINCIPAL), uid);
    const group = fc.oneof(
      entity,
      uid,
      ...(sets.length === 0 ? [] : [constant(sets.map(({ expr }) => expr))]),
    );
    const kind = fc.constantFrom(...typesOf(this.#shape));
    return [
      fc.tuple(row, up).map(([left, right]) => operator("in", left, right)),
      fc.tuple(row, up).map(([left, right]) => operator("in", left, right)),
      fc.tuple(known, group).map(([left, right]) => operator("in", left, right)),
      fc
        .tuple(fc.oneof(row, known), kind, up)
        .map(([left, entity_type, above]): ExprJson => ({ is: { left, entity_type, in: above } })),
      fc
        .tuple(fc.oneof(row, known), kind)
        .map(([left, entity_type]): ExprJson => ({ is: { left, entity_type } })),
    ];
  }

  #presence(): Expr[] {
    const holders = this.#paths.filter(
      ({ type, isStored }) => isStored && (type.type === "Entity" || type.type === "Record"),
    );
    const single = fc
      .constantFrom(...holders)
      .chain(({ expr, type }) =>
        fc
          .constantFrom(...namesIn(type, this.#shape).map(([name]) => name), "other")
          .map((attr): ExprJson => ({ has: { left: expr, attr } })),
      );
    const deep = this.#paths.filter(({ of, names }) => of === "resource" && names.length > 1);
    const tagged = holders.filter(({ type }) => type.type === "Entity" && tagsOf(type.name, this.#shape));
    return [
      single,
      ...(deep.length === 0
        ? []
        : [
            fc.constantFrom(...deep).map(
              ({ names }): ExprJson => ({
                has: { left: RESOURCE, attr: [...names] as [string, ...string[]] },
              }),
            ),
          ]),
      ...(tagged.length === 0
        ? []
        : [
            fc
              .tuple(fc.constantFrom(...tagged), text(this.#options))
              .map(([{ expr }, key]) => operator("hasTag", expr, literal(key))),
          ]),
    ];
  }

  #addresses(): Expr[] {
    const address = this.#terms.of({ type: "Extension", name: "ipaddr" });
    return [
      fc.tuple(address, address).map(([left, right]) => call("isInRange", left, right)),
      fc
        .tuple(fc.constantFrom("isIpv4", "isIpv6", "isLoopback", "isMulticast"), address)
        .map(([name, one]) => call(name, one)),
    ];
  }

  #ofDifferentTypes(): Expr {
    const own = this.#paths.filter(
      ({ of, names, type }) => of === "resource" && names.length === 1 && type.type !== "Record",
    );
    return fc
      .tuple(
        fc.constantFrom("==", "!=", "<", "contains", "in"),
        fc.constantFrom(...own),
        fc.constantFrom(...own),
      )
      .map(([name, left, right]) => operator(name, left.expr, right.expr));
  }

  /** The types of what can be named, each once. */
  #distinct(wanted: (type: SchemaType) => boolean): readonly SchemaType[] {
    const found = new Map<string, SchemaType>();
    for (const { type } of this.#paths) if (wanted(type)) found.set(keyOfType(type), type);
    return [...found.values()];
  }
}

function constant(exprs: readonly ExprJson[]): Expr {
  return fc.constantFrom(...exprs);
}

function weighted(weight: number, arbitraries: readonly Expr[]): { weight: number; arbitrary: Expr }[] {
  return arbitraries.length === 0 ? [] : [{ weight, arbitrary: fc.oneof(...arbitraries) }];
}
