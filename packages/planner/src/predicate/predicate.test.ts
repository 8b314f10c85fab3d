import assert from "node:assert/strict";
import { test } from "node:test";
import { EntityStore, EntityUid } from "@cordon/engine";
import { compilePredicate } from "../javascript/index.js";
import { PlanError } from "../plan-error.js";
import {
  ALWAYS,
  absent,
  and,
  type Comparison,
  type ComparisonOperator,
  complement,
  defined,
  describePredicate,
  NEVER,
  or,
  type Predicate,
  parsePredicate,
  type Term,
} from "./index.js";

const row: Term = { kind: "row", type: { type: "Entity", name: "Ticket" } };
const attribute = (name: string): Term => ({ kind: "attribute", of: row, name, type: { type: "Long" } });
const long = (value: number): Term => ({ kind: "literal", value: { type: "Long", value: String(value) } });
const compare = (name: string, operator: ComparisonOperator, value: number): Comparison => ({
  kind: "compare",
  operator,
  left: attribute(name),
  right: long(value),
});
const a = compare("a", "==", 1);
const b = compare("b", "<", 2);
const c = compare("c", ">", 3);

const SIMPLER: readonly (readonly [string, Predicate, Predicate])[] = [
  ["nothing to hold", and(), ALWAYS],
  ["nothing that may hold", or(), NEVER],
  ["one is enough", and(a), a],
  ["what always holds adds nothing", and(a, ALWAYS), a],
  ["what never holds settles it", and(a, NEVER), NEVER],
  ["what always holds settles it", or(a, ALWAYS), ALWAYS],
  ["the same twice", and(a, b, compare("a", "==", 1)), { kind: "and", operands: [a, b] }],
  ["nested of the same kind", or(or(a, b), c), { kind: "or", operands: [a, b, c] }],
  ["absorbed by what is stronger", and(a, or(a, b)), a],
  ["absorbed by what is weaker", or(a, and(a, b)), a],
  ["its opposite", and(a, compare("a", "!=", 1)), NEVER],
  ["it or its opposite", or(b, compare("b", ">=", 2)), defined(attribute("b"))],
  ["there or not", or(defined(attribute("a")), absent(attribute("a"))), ALWAYS],
  ["implied to be there", and(defined(attribute("a")), a), a],
  ["there, or there with a value", or(defined(attribute("a")), a), defined(attribute("a"))],
  ["absent, with a value", and(absent(attribute("a")), a), NEVER],
  [
    "one of several values",
    or(a, compare("a", "==", 2), b),
    {
      kind: "or",
      operands: [
        {
          kind: "among",
          negated: false,
          term: attribute("a"),
          values: [
            { type: "Long", value: "1" },
            { type: "Long", value: "2" },
          ],
        },
        b,
      ],
    },
  ],
  [
    "what contradicts the rest doesn't come about",
    and(a, or(compare("a", "!=", 1), b)),
    { kind: "and", operands: [a, b] },
  ],
  [
    "nor does what needs a value not to be there",
    and(a, or(and(absent(attribute("a")), c), b)),
    { kind: "and", operands: [a, b] },
  ],
  [
    "what follows from the failure of the other alternative isn't said again",
    or(absent(attribute("b")), and(defined(attribute("b")), c)),
    { kind: "or", operands: [absent(attribute("b")), c] },
  ],
  [
    "nor where its value is needed anyway",
    or(b, and(compare("b", ">=", 2), compare("b", "!=", 7))),
    { kind: "or", operands: [b, compare("b", "!=", 7)] },
  ],
  [
    "but where the other may fail for want of a value, it is",
    or(b, and(compare("b", ">=", 2), c)),
    { kind: "or", operands: [b, { kind: "and", operands: [compare("b", ">=", 2), c] }] },
  ],
  ["false where it holds or has no value", complement(a), or(compare("a", "!=", 1), absent(attribute("a")))],
  ["literals always have a value", defined(long(1)), ALWAYS],
];

for (const [name, actual, expected] of SIMPLER) {
  test(`simplified: ${name}`, () => assert.deepEqual(actual, expected));
}

test("the complement is true exactly where the predicate is false", () => {
  const uid = EntityUid.of("Ticket", "t");
  const values = [undefined, 1, 2, 3, 4];
  for (const predicate of [a, and(a, b), or(and(a, b), c), and(or(a, absent(attribute("b"))), or(b, c))]) {
    const [passes, fails] = [predicate, complement(predicate)].map((condition) =>
      compilePredicate({ version: 1, resourceType: "Ticket", condition }),
    );
    for (const combination of values.flatMap((x) => values.flatMap((y) => values.map((z) => [x, y, z])))) {
      const attrs = new Map(
        combination.flatMap((value, i) => (value === undefined ? [] : [["abc".charAt(i), value] as const])),
      );
      const store = EntityStore.from([{ uid, attrs }]);
      assert.notEqual(
        passes?.(uid, store),
        fails?.(uid, store),
        `${describePredicate(predicate)} of ${combination}`,
      );
    }
  }
});

test("predicates go through JSON and come back", () => {
  const predicate = {
    version: 1,
    resourceType: "Ticket",
    condition: or(and(a, b), absent(attribute("c"))),
  } as const;
  assert.deepEqual(parsePredicate(JSON.parse(JSON.stringify(predicate))), predicate);
});

const FOREIGN: readonly (readonly [string, unknown, string])[] = [
  ["nothing", null, ""],
  ["another version", { version: 2, resourceType: "T", condition: ALWAYS }, "/version"],
  ["no type", { version: 1, condition: ALWAYS }, "/resourceType"],
  ["an unknown condition", { version: 1, resourceType: "T", condition: { kind: "sql" } }, "/condition/kind"],
  [
    "a kind of all objects",
    { version: 1, resourceType: "T", condition: { kind: "constructor" } },
    "/condition/kind",
  ],
  [
    "no list",
    { version: 1, resourceType: "T", condition: { kind: "and", operands: {} } },
    "/condition/operands",
  ],
  [
    "an integer that is SQL",
    {
      version: 1,
      resourceType: "T",
      condition: { ...a, right: { kind: "literal", value: { type: "Long", value: "1; DROP" } } },
    },
    "/condition/right/value/value",
  ],
  [
    "an operator that is SQL",
    { version: 1, resourceType: "T", condition: { ...a, operator: "= 1 OR" } },
    "/condition/operator",
  ],
];

for (const [name, json, path] of FOREIGN) {
  test(`not a predicate: ${name}`, () => {
    assert.throws(
      () => parsePredicate(json),
      (error) => error instanceof PlanError && error.code === "predicate_invalid" && error.path === path,
    );
  });
}

test("a predicate nested beyond all measure is refused and breaks nothing", () => {
  let condition: Predicate = a;
  for (let depth = 0; depth < 5_000; depth++) condition = { kind: "and", operands: [condition] };
  assert.throws(() => parsePredicate({ version: 1, resourceType: "T", condition }), {
    code: "predicate_invalid",
  });
});

test("predicates are said in words", () => {
  const owner: Term = { kind: "attribute", of: row, name: "owner", type: { type: "Entity", name: "User" } };
  const user = { type: "Entity", name: "User", id: "ann" } as const;
  const predicate = or(
    and(a, { kind: "compare", operator: "==", left: owner, right: { kind: "literal", value: user } }),
    {
      kind: "within",
      negated: false,
      member: row,
      of: [
        { type: "Entity", name: "Region", id: "emea" },
        { type: "Entity", name: "Region", id: "apac" },
      ],
    },
    { kind: "like", negated: true, term: attribute("c"), pattern: ["a*", '"b'] },
  );
  assert.equal(
    describePredicate(predicate),
    [
      "any of",
      "- all of",
      "  - a is 1",
      '  - owner is User::"ann"',
      '- the ticket is in Region::"emea" or Region::"apac"',
      '- c is not like "a\\**\\"b"',
    ].join("\n"),
  );
});
