import type { ExprJson, SchemaType } from "@cordon/engine";
import fc from "fast-check";
import { call, choice, keyOfType, literal, operator, type Path, PRINCIPAL, RESOURCE } from "./expressions.js";
import { type PoolOptions, STRANGE_IDS, text, valueOfType } from "./pools.js";
import { type Shape, tagsOf } from "./shape.js";

type Expr = fc.Arbitrary<ExprJson>;

/** Expressions of a given type: attributes of the row, of what it refers to, of those who ask; and what is computed. */
export class Terms {
  readonly #shape: Shape;
  readonly #options: PoolOptions;
  readonly #paths = new Map<string, Path[]>();
  readonly #made = new Map<string, Expr>();

  constructor(shape: Shape, options: PoolOptions, paths: readonly Path[]) {
    this.#shape = shape;
    this.#options = options;
    for (const path of paths) {
      const key = keyOfType(path.type);
      this.#paths.set(key, [...(this.#paths.get(key) ?? []), path]);
    }
  }

  of(type: SchemaType): Expr {
    const key = keyOfType(type);
    const made = this.#made.get(key) ?? this.#make(type);
    this.#made.set(key, made);
    return made;
  }

  #make(type: SchemaType): Expr {
    const stored = this.#pathsOf(type).filter(({ isStored }) => isStored);
    const own = stored.filter(({ of, names }) => of === "resource" && names.length === 1);
    const related = stored.filter((path) => !own.includes(path) && path.names.length > 0);
    const lost = this.#pathsOf(type).filter(({ isStored }) => !isStored);
    const computed = this.#computed(type);
    return fc.oneof(
      ...from(20, own),
      ...from(7, related),
      ...from(1, lost),
      ...(computed.length === 0 ? [] : [{ weight: 5, arbitrary: fc.oneof(...computed) }]),
      { weight: 12, arbitrary: this.#literalOf(type) },
    );
  }

  #pathsOf(type: SchemaType): readonly Path[] {
    return this.#paths.get(keyOfType(type)) ?? [];
  }

  #literalOf(type: SchemaType): Expr {
    const known = valueOfType(type, this.#options).map(literal);
    if (type.type !== "Entity") return known;
    const strange = fc
      .constantFrom(...STRANGE_IDS)
      .map((id): ExprJson => ({ Value: { __entity: { type: type.name, id } } }));
    return fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: strange });
  }

  /** Attributes of the row, or a literal. */
  #plain(type: SchemaType): Expr {
    const own = this.#pathsOf(type).filter(({ of, isStored }) => of === "resource" && isStored);
    return fc.oneof(...from(2, own), { weight: 1, arbitrary: this.#literalOf(type) });
  }

  #computed(type: SchemaType): Expr[] {
    return [...this.#variables(type), ...this.#tags(type), ...this.#functions(type)];
  }

  #variables(type: SchemaType): Expr[] {
    if (type.type !== "Entity") return [];
    if (type.name === "Doc") return [fc.constant(RESOURCE)];
    return this.#shape.principals.includes(type.name) ? [fc.constant(PRINCIPAL)] : [];
  }

  #tags(type: SchemaType): Expr[] {
    const key = keyOfType(type);
    const holders = [...this.#paths.values()].flat().filter(({ type: of, isStored }) => {
      const tags = of.type === "Entity" && isStored ? tagsOf(of.name, this.#shape) : undefined;
      return tags !== undefined && keyOfType(tags) === key;
    });
    if (holders.length === 0) return [];
    return [
      fc
        .tuple(fc.constantFrom(...holders), text(this.#options))
        .map(([{ expr }, name]) => operator("getTag", expr, literal(name))),
    ];
  }

  #functions(type: SchemaType): Expr[] {
    if (type.type === "Long") return this.#longs();
    if (type.type !== "Extension") return [];
    const moment = this.#plain({ type: "Extension", name: "datetime" });
    const span = this.#plain({ type: "Extension", name: "duration" });
    if (type.name === "duration") {
      return [
        fc.tuple(moment, moment).map(([left, right]) => call("durationSince", left, right)),
        moment.map((one) => call("toTime", one)),
      ];
    }
    if (type.name !== "datetime") return [];
    return [
      fc.tuple(moment, span).map(([one, by]) => call("offset", one, by)),
      moment.map((one) => call("toDate", one)),
    ];
  }

  #longs(): Expr[] {
    const long = this.#plain({ type: "Long" });
    const span = this.#plain({ type: "Extension", name: "duration" });
    const test = this.#plain({ type: "Boolean" });
    return [
      fc
        .tuple(fc.constantFrom("+", "-", "*"), long, long)
        .map(([name, left, right]) => operator(name, left, right)),
      long.map((arg): ExprJson => ({ neg: { arg } })),
      fc
        .tuple(fc.constantFrom("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"), span)
        .map(([name, one]) => call(name, one)),
      fc.tuple(test, long, long).map(([chosen, yes, no]) => choice(chosen, yes, no)),
    ];
  }
}

function from(weight: number, paths: readonly Path[]): { weight: number; arbitrary: Expr }[] {
  return paths.length === 0 ? [] : [{ weight, arbitrary: fc.constantFrom(...paths.map(({ expr }) => expr)) }];
}
