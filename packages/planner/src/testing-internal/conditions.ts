import { type ExprJson, encodeValue, type SchemaType, type Value } from "@cordon/engine";
import fc from "fast-check";
import { DOC_ATTRIBUTES, FOLDER_ATTRIBUTES, USER_ATTRIBUTES } from "./office-schema.js";
import { long, type PoolOptions, STRANGE_IDS, text, uidOf, valueOfType } from "./pools.js";

/** Conditions over a document, and what the principal is, that ask for every kind of thing. */
export function conditions(options: PoolOptions): fc.Arbitrary<ExprJson> {
  return new Conditions(options).condition;
}

type Expr = fc.Arbitrary<ExprJson>;

const RESOURCE: ExprJson = { Var: "resource" };
const PRINCIPAL: ExprJson = { Var: "principal" };

function attribute(left: ExprJson, attr: string): ExprJson {
  return { ".": { left, attr } };
}

function literal(value: Value): ExprJson {
  const json = encodeValue(value);
  if (typeof json === "object" && "__extn" in json) return extension(json.__extn as { fn: string });
  return { Value: json };
}

function extension(call: { fn: string; arg?: unknown; args?: readonly unknown[] }): ExprJson {
  const args = call.args ?? [call.arg];
  return {
    [call.fn]: args.map((arg) =>
      typeof arg === "object" && arg !== null && "__extn" in arg
        ? extension(arg.__extn as { fn: string })
        : { Value: arg as string },
    ),
  } as ExprJson;
}

function operator(name: string, left: ExprJson, right: ExprJson): ExprJson {
  return { [name]: { left, right } } as unknown as ExprJson;
}

function call(name: string, ...args: ExprJson[]): ExprJson {
  return { [name]: args } as ExprJson;
}

class Conditions {
  readonly condition: Expr;
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
    const atom = this.#atom();
    this.condition = fc.letrec<{ condition: ExprJson }>((tie) => {
      const inner = tie("condition");
      return {
        condition: fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          { weight: 5, arbitrary: atom },
          {
            weight: 2,
            arbitrary: fc.tuple(inner, inner).map(([left, right]) => operator("&&", left, right)),
          },
          {
            weight: 2,
            arbitrary: fc.tuple(inner, inner).map(([left, right]) => operator("||", left, right)),
          },
          { weight: 1, arbitrary: inner.map((arg): ExprJson => ({ "!": { arg } })) },
          {
            weight: 1,
            arbitrary: fc.tuple(inner, inner, inner).map(([test, yes, no]) => choice(test, yes, no)),
          },
        ),
      };
    }).condition;
  }

  #atom(): Expr {
    return fc.oneof(
      ...this.#comparisons(),
      ...this.#sets(),
      ...this.#hierarchy(),
      ...this.#presence(),
      ...this.#addresses(),
      this.#termOf({ type: "Boolean" }),
      this.#ofDifferentTypes(),
    );
  }

  #comparisons(): Expr[] {
    const types: SchemaType[] = [
      { type: "String" },
      { type: "Long" },
      { type: "Boolean" },
      { type: "Entity", name: "User" },
      { type: "Entity", name: "Folder" },
      ...(["datetime", "duration", "decimal", "ipaddr"] as const).map(
        (name) => ({ type: "Extension", name }) as const,
      ),
    ];
    const equal = types.map((type) => this.#pair("==", type));
    const ordered: SchemaType[] = [
      { type: "Long" },
      { type: "Extension", name: "datetime" },
      { type: "Extension", name: "duration" },
    ];
    const decimal: SchemaType = { type: "Extension", name: "decimal" };
    const decimals = fc
      .tuple(
        fc.constantFrom("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"),
        this.#termOf(decimal),
        this.#termOf(decimal),
      )
      .map(([name, left, right]) => call(name, left, right));
    return [
      ...equal,
      this.#pair("!=", { type: "String" }),
      this.#pair("!=", { type: "Entity", name: "User" }),
      ...ordered.flatMap((type) => ["<", "<=", ">", ">="].map((name) => this.#pair(name, type))),
      decimals,
      this.#like(),
      this.#record(),
    ];
  }

  #pair(name: string, type: SchemaType): Expr {
    return fc
      .tuple(this.#termOf(type), this.#termOf(type))
      .map(([left, right]) => operator(name, left, right));
  }

  #like(): Expr {
    const piece = fc.oneof(
      fc.constant("Wildcard" as const),
      fc
        .constantFrom(
          "a",
          "b",
          "A",
          "%",
          "_",
          "*",
          "\\",
          "é",
          "😀",
          " ",
          "|",
          ...(this.#options.storesNul ? ["\0"] : []),
        )
        .map((Literal) => ({ Literal })),
    );
    return fc
      .tuple(this.#termOf({ type: "String" }), fc.array(piece, { minLength: 1, maxLength: 5 }))
      .map(([left, pattern]): ExprJson => ({ like: { left, pattern } }));
  }

  #record(): Expr {
    const type = DOC_ATTRIBUTES.info;
    const value = type === undefined ? fc.constant<Value>(false) : valueOfType(type, this.#options);
    return value.map((record) => operator("==", attribute(RESOURCE, "info"), literal(record)));
  }

  #sets(): Expr[] {
    return (["String", "Long", "User", "Group", "Boolean"] as const).flatMap((kind) => {
      const element: SchemaType =
        kind === "User" || kind === "Group" ? { type: "Entity", name: kind } : { type: kind };
      const set = this.#termOf({ type: "Set", element });
      const one = this.#termOf(element);
      return [
        fc.tuple(set, one).map(([left, right]) => operator("contains", left, right)),
        fc
          .tuple(fc.constantFrom("containsAll", "containsAny", "=="), set, set)
          .map(([name, left, right]) => operator(name, left, right)),
        set.map((arg): ExprJson => ({ isEmpty: { arg } })),
      ];
    });
  }

  #hierarchy(): Expr[] {
    const uid = (type: string) => uidOf(type, this.#options).map(literal);
    const up = fc.oneof(
      uid("Folder"),
      uid("Project"),
      uid("Group"),
      fc
        .array(fc.oneof(uid("Folder"), uid("Project")), { maxLength: 3 })
        .map((elements): ExprJson => ({ Set: elements })),
      this.#termOf({ type: "Entity", name: "Folder" }),
    );
    const below = fc.oneof(
      fc.constant(RESOURCE),
      this.#termOf({ type: "Entity", name: "Folder" }),
      this.#termOf({ type: "Entity", name: "User" }),
    );
    const groups = fc.oneof(
      this.#termOf({ type: "Entity", name: "Group" }),
      this.#termOf({ type: "Set", element: { type: "Entity", name: "Group" } }),
      uid("Group"),
    );
    return [
      fc.tuple(below, up).map(([left, right]) => operator("in", left, right)),
      groups.map((right) => operator("in", PRINCIPAL, right)),
      fc
        .tuple(this.#termOf({ type: "Entity", name: "User" }), uid("Group"))
        .map(([left, right]) => operator("in", left, right)),
      fc
        .tuple(this.#termOf({ type: "Entity", name: "User" }), fc.constantFrom("User", "Doc"), uid("Group"))
        .map(([left, entity_type, group]): ExprJson => ({ is: { left, entity_type, in: group } })),
    ];
  }

  #presence(): Expr[] {
    const has = (holder: ExprJson, names: readonly string[]): Expr =>
      fc.constantFrom(...names, "other").map((attr): ExprJson => ({ has: { left: holder, attr } }));
    return [
      has(RESOURCE, Object.keys(DOC_ATTRIBUTES)),
      has(attribute(RESOURCE, "owner"), Object.keys(USER_ATTRIBUTES)),
      has(attribute(RESOURCE, "info"), ["kind", "weight", "flag"]),
      fc
        .constantFrom<string[]>(
          ["owner", "manager", "name"],
          ["info", "kind"],
          ["folder", "keeper", "home"],
          ["title", "x"],
        )
        .map((attr): ExprJson => ({ has: { left: RESOURCE, attr } })),
      text(this.#options).map((key) => operator("hasTag", RESOURCE, literal(key))),
    ];
  }

  #addresses(): Expr[] {
    const type: SchemaType = { type: "Extension", name: "ipaddr" };
    return [
      fc.tuple(this.#termOf(type), this.#termOf(type)).map(([left, right]) => call("isInRange", left, right)),
      fc
        .tuple(fc.constantFrom("isIpv4", "isIpv6", "isLoopback", "isMulticast"), this.#termOf(type))
        .map(([name, address]) => call(name, address)),
    ];
  }

  #ofDifferentTypes(): Expr {
    const any = fc.constantFrom(...Object.keys(DOC_ATTRIBUTES)).map((name) => attribute(RESOURCE, name));
    return fc
      .tuple(fc.constantFrom("==", "!=", "<", "contains", "in"), any, any)
      .filter(([, left, right]) => {
        const [a, b] = [left, right].map(
          (side) => DOC_ATTRIBUTES[(side as { ".": { attr: string } })["."].attr]?.type,
        );
        return a !== "Record" && b !== "Record" && !(a === "Entity" && b === "Set");
      })
      .map(([name, left, right]) => operator(name, left, right));
  }

  /** Attributes of the document, of what it refers to, and of the principal; literals; and what is computed. */
  #termOf(type: SchemaType): Expr {
    const key = JSON.stringify(type);
    const named = (holder: ExprJson, attributes: Readonly<Record<string, SchemaType>>): Expr[] =>
      Object.entries(attributes)
        .filter(([, declared]) => JSON.stringify(declared) === key)
        .map(([name]) => fc.constant(attribute(holder, name)));
    const own = named(RESOURCE, DOC_ATTRIBUTES);
    const related = [
      ...named(attribute(RESOURCE, "owner"), USER_ATTRIBUTES),
      ...named(attribute(RESOURCE, "folder"), FOLDER_ATTRIBUTES),
      ...named(attribute(attribute(RESOURCE, "owner"), "manager"), USER_ATTRIBUTES),
      ...named(PRINCIPAL, USER_ATTRIBUTES),
      ...this.#computed(type),
    ];
    const known = this.#literalOf(type);
    return fc.oneof(
      ...(own.length === 0 ? [] : [{ weight: 5, arbitrary: fc.oneof(...own) }]),
      ...(related.length === 0 ? [] : [{ weight: 2, arbitrary: fc.oneof(...related) }]),
      { weight: 3, arbitrary: known },
    );
  }

  #literalOf(type: SchemaType): Expr {
    const known = valueOfType(type, this.#options).map(literal);
    if (type.type !== "Entity") return known;
    const strange = fc
      .constantFrom(...STRANGE_IDS)
      .map((id): ExprJson => ({ Value: { __entity: { type: type.name, id } } }));
    return fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: strange });
  }

  #computed(type: SchemaType): Expr[] {
    const longs = fc.oneof(
      fc.constantFrom("size", "rank").map((name) => attribute(RESOURCE, name)),
      fc.constant(attribute(attribute(RESOURCE, "info"), "weight")),
      long.map(literal),
    );
    const moment = fc.constantFrom("at", "until").map((name) => attribute(RESOURCE, name));
    const span = fc.constant(attribute(RESOURCE, "span"));
    switch (type.type) {
      case "Long":
        return [
          fc
            .tuple(fc.constantFrom("+", "-", "*"), longs, longs)
            .map(([name, left, right]) => operator(name, left, right)),
          longs.map((arg): ExprJson => ({ neg: { arg } })),
          fc.constant(attribute(attribute(RESOURCE, "info"), "weight")),
          fc
            .constantFrom("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")
            .map((name) => call(name, attribute(RESOURCE, "span"))),
          fc.tuple(longs, longs).map(([yes, no]) => choice(attribute(RESOURCE, "open"), yes, no)),
        ];
      case "String":
        return [
          fc.constant(attribute(attribute(RESOURCE, "info"), "kind")),
          text(this.#options).map((key) => operator("getTag", RESOURCE, literal(key))),
        ];
      case "Boolean":
        return [fc.constant(attribute(attribute(RESOURCE, "info"), "flag"))];
      case "Entity":
        return type.name === "User" ? [fc.constant(PRINCIPAL)] : [];
      case "Extension":
        if (type.name === "duration") {
          return [
            fc.tuple(moment, moment).map(([left, right]) => call("durationSince", left, right)),
            moment.map((one) => call("toTime", one)),
          ];
        }
        if (type.name === "datetime") {
          return [
            fc.tuple(moment, span).map(([one, by]) => call("offset", one, by)),
            moment.map((one) => call("toDate", one)),
          ];
        }
        return [];
      default:
        return [];
    }
  }
}

function choice(test: ExprJson, yes: ExprJson, no: ExprJson): ExprJson {
  // biome-ignore lint/suspicious/noThenProperty: the name is Cedar's, and an expression is never awaited
  return { "if-then-else": { if: test, then: yes, else: no } };
}
