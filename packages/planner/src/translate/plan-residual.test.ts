import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compile,
  EntityStore,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type PolicySetJson,
  type ResolvedSchema,
} from "@cordon/engine";
import { parseMappings } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { describePredicate } from "../predicate/index.js";
import { checkFor } from "../sql/index.js";
import { Descendants } from "./descendants.js";
import { type PlanOptions, planResidual } from "./plan-residual.js";

const DATETIME = { type: "Extension", name: "datetime" } as const;
const SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: { memberOfTypes: [], attributes: {} },
    Place: { memberOfTypes: ["Place"], attributes: { name: { type: { type: "String" }, required: true } } },
    Doc: {
      memberOfTypes: ["Place"],
      tags: { type: "String" },
      attributes: {
        open: { type: { type: "Boolean" }, required: true },
        size: { type: { type: "Long" }, required: true },
        name: { type: { type: "String" }, required: true },
        owner: { type: { type: "Entity", name: "User" }, required: true },
        unmapped: { type: { type: "Long" }, required: true },
        words: { type: { type: "Set", element: { type: "String" } }, required: true },
        readers: { type: { type: "Set", element: { type: "Entity", name: "User" } }, required: true },
        moments: { type: { type: "Set", element: DATETIME }, required: true },
        info: {
          type: { type: "Record", attributes: { at: { type: DATETIME, required: true } } },
          required: true,
        },
        address: { type: { type: "Extension", name: "ipaddr" }, required: true },
        place: { type: { type: "Entity", name: "Place" }, required: true },
      },
    },
  },
  actions: {},
};
const MAPPINGS = parseMappings({
  Doc: {
    table: "docs",
    id: "id",
    attributes: {
      open: "open",
      size: "size",
      name: "name",
      owner: "owner_id",
      words: "words",
      readers: "readers",
      moments: { column: "moments", as: "json" },
      info: "info",
      address: { column: "address", as: "text" },
      place: "place_id",
    },
    parents: [{ type: "Place", column: "place_id" }],
  },
});
const RESOURCE: ExprJson = { Var: "resource" };
const dot = (attr: string): ExprJson => ({ ".": { left: RESOURCE, attr } });
const is = (left: ExprJson, value: string | number | boolean): ExprJson => ({
  "==": { left, right: { Value: value } },
});

function policies(bodies: Record<string, readonly ["permit" | "forbid", ExprJson | null]>): PolicySetJson {
  const staticPolicies = Object.entries(bodies).map(([id, [effect, body]]): [string, PolicyJson] => [
    id,
    {
      effect,
      principal: { op: "All" },
      action: { op: "All" },
      resource: { op: "All" },
      conditions: body === null ? [] : [{ kind: "when", body }],
    },
  ]);
  return { staticPolicies: Object.fromEntries(staticPolicies), templates: {}, templateLinks: [] };
}

function plan(set: PolicySetJson, options: Partial<PlanOptions> & { failClosed?: boolean } = {}) {
  const entities = new EntityStore();
  const { failClosed = true, ...rest } = options;
  const residual = compile(set).partial(
    {
      principal: EntityUid.of("User", "ann"),
      action: EntityUid.of("Action", "read"),
      resource: { unknown: true, type: "Doc" },
      context: { known: new Map(), unknown: new Set() },
    },
    entities,
    { failClosed },
  );
  return planResidual(residual, { resourceType: "Doc", schema: SCHEMA, entities, ...rest });
}

function words(set: PolicySetJson, options?: Parameters<typeof plan>[1]): string {
  const planned = plan(set, options);
  return planned.outcome === "when" ? describePredicate(planned.predicate.condition) : planned.outcome;
}

const open = dot("open");
const size = dot("size");

test("no permit: never; a permit without conditions: always", () => {
  assert.equal(words(policies({})), "never");
  assert.equal(words(policies({ all: ["permit", null] })), "always");
  assert.equal(words(policies({ all: ["permit", null], no: ["forbid", null] })), "never");
});

test("permits are or-ed, forbids subtracted", () => {
  const set = policies({
    a: ["permit", open],
    b: ["permit", is(size, 1)],
    c: ["forbid", is(dot("name"), "x")],
  });
  assert.equal(
    words(set),
    ["all of", "- any of", "  - open is true", "  - size is 1", '- name is not "x"'].join("\n"),
  );
});

test("a forbid that errs denies where errors deny, and counts for nothing where they don't", () => {
  const set = policies({ a: ["permit", null], b: ["forbid", is(size, 1)] });
  assert.equal(words(set), "size is not 1");
  assert.equal(
    words(set, { failClosed: false }),
    ["any of", "- size is not 1", "- there is no size"].join("\n"),
  );
});

test("a permit that may err says what must be there", () => {
  const set = policies({ a: ["permit", { "!": { arg: is(size, 1) } }] });
  assert.equal(words(set), "size is not 1");
});

test("an operand of `&&` that isn't reached can't err", () => {
  const set = policies({ a: ["permit", { "!": { arg: { "&&": { left: open, right: is(size, 1) } } } }] });
  assert.equal(
    words(set),
    ["any of", "- open is false", "- all of", "  - open is true", "  - size is not 1"].join("\n"),
  );
});

test("each policy's contribution is told apart", () => {
  const set = policies({ a: ["permit", open], b: ["permit", is(size, 1)], c: ["forbid", is(size, 2)] });
  assert.deepEqual(
    plan(set).contributions.map(({ policyId, effect, condition }) => [
      policyId,
      effect,
      describePredicate(condition),
    ]),
    [
      ["a", "permit", "open is true"],
      ["b", "permit", "size is 1"],
      ["c", "forbid", ["any of", "- size is 2", "- there is no size"].join("\n")],
    ],
  );
});

test("what the schema says can't be there never holds", () => {
  assert.equal(words(policies({ a: ["permit", { has: { left: RESOURCE, attr: "other" } }] })), "never");
  assert.equal(words(policies({ a: ["permit", is(dot("other"), 1)] })), "never");
  assert.equal(words(policies({ a: ["permit", is(size, "1")] })), "never");
  assert.equal(
    words(policies({ a: ["permit", { "!=": { left: size, right: { Value: "1" } } }] })),
    "there is size",
  );
});

test("nothing is in an empty set, whatever it is a set of", () => {
  const inWords: ExprJson = { in: { left: { Var: "principal" }, right: dot("words") } };
  assert.equal(words(policies({ a: ["permit", inWords] })), "never");
  assert.equal(words(policies({ a: ["permit", { "!": { arg: inWords } }] })), "words is empty");
});

test("an `if` in an operand is split into its cases", () => {
  // biome-ignore lint/suspicious/noThenProperty: the name is Cedar's, and an expression is never awaited
  const choice: ExprJson = { "if-then-else": { if: open, then: { Value: 1 }, else: { Value: 2 } } };
  assert.equal(
    words(policies({ a: ["permit", { "==": { left: size, right: choice } }] })),
    [
      "any of",
      "- all of",
      "  - open is true",
      "  - size is 1",
      "- all of",
      "  - open is false",
      "  - size is 2",
    ].join("\n"),
  );
});

const REFUSED: readonly (readonly [string, ExprJson, string, string])[] = [
  [
    "text of the row read as a value",
    { isIpv4: [{ ip: [dot("name")] }] },
    "not_expressible",
    "`ip` reads a text of the row, in `ip(resource.name).isIpv4()` of policy `a`",
  ],
  [
    "an attribute that isn't mapped",
    is(dot("unmapped"), 1),
    "not_mapped",
    "the mapping doesn't say where attribute `unmapped` of Doc is, in `resource.unmapped == 1` of policy `a`",
  ],
  [
    "an attribute of what is in no table",
    is({ ".": { left: dot("place"), attr: "name" } }, "x"),
    "not_mapped",
    'the mapping doesn\'t say in which table entities of type Place are, in `resource.place.name == "x"` of policy `a`',
  ],
  [
    "a hierarchy that nobody knows",
    { in: { left: RESOURCE, right: { Value: { __entity: { type: "Place", id: "p" } } } } },
    "not_mapped",
    'nothing says what entities of type Place are below, in `resource in Place::"p"` of policy `a`',
  ],
  [
    "tags that aren't mapped",
    { hasTag: { left: RESOURCE, right: { Value: "x" } } },
    "not_mapped",
    'the mapping doesn\'t say where the tags of Doc are, in `resource.hasTag("x")` of policy `a`',
  ],
  [
    "an entity of the row below a set of the row",
    { in: { left: dot("owner"), right: dot("readers") } },
    "not_expressible",
    "an entity of the row is looked for below a set of the row, in `resource.owner in resource.readers` of policy `a`",
  ],
  [
    "elements that are extension values",
    { contains: { left: dot("moments"), right: { datetime: [{ Value: "2026-01-01" }] } } },
    "not_expressible",
    'a datetime within JSON is compared, in `resource.moments.contains(datetime("2026-01-01"))` of policy `a`',
  ],
  [
    "an extension value within JSON",
    {
      "==": {
        left: { ".": { left: dot("info"), attr: "at" } },
        right: { datetime: [{ Value: "2026-01-01" }] },
      },
    },
    "not_expressible",
    'a datetime within JSON is compared, in `resource.info.at == datetime("2026-01-01")` of policy `a`',
  ],
  [
    "a range of addresses that are text",
    { isInRange: [dot("address"), { ip: [{ Value: "10.0.0.0/8" }] }] },
    "not_expressible",
    'a range of addresses is asked of addresses that are stored as text, in `resource.address.isInRange(ip("10.0.0.0/8"))` of policy `a`',
  ],
  [
    "a set made of attributes, as a whole",
    { "==": { left: dot("words"), right: { Set: [dot("name")] } } },
    "not_expressible",
    "a set made of attributes of the row is compared as a whole, in `resource.words == [resource.name]` of policy `a`",
  ],
  [
    "a pattern that is in no database",
    { like: { left: dot("name"), pattern: [{ Literal: "\ud800" }, "Wildcard"] } },
    "not_expressible",
    "a pattern has half a surrogate pair in it, in `resource.name like",
  ],
];

for (const [name, body, code, message] of REFUSED) {
  test(`refused, naming policy and clause: ${name}`, () => {
    const options = {
      mappings: MAPPINGS,
      check: checkFor("Doc", { dialect: "postgres", mappings: MAPPINGS }),
    };
    const set = policies({ a: ["permit", { "&&": { left: open, right: body } }] });
    assert.throws(
      () => plan(set, options),
      (error) =>
        error instanceof PlanError &&
        error.code === code &&
        (message.endsWith("`a`") ? error.message === message : error.message.startsWith(message)) &&
        error.clause !== undefined &&
        error.policyId === "a",
    );
    const planned = plan(set, { ...options, approximate: true });
    assert.equal(planned.exact, false);
    assert.match(
      words(set, { ...options, approximate: true }),
      /^all of\n- open is true\n- \(decided row by row: `/,
    );
  });
}

test("without a schema the mapping says of which type an attribute is", () => {
  const set = policies({ a: ["permit", is(size, 1)] });
  assert.throws(() => plan(set, { schema: null, mappings: MAPPINGS }), {
    code: "type_unknown",
    policyId: "a",
  });
  const typed = parseMappings({
    Doc: { table: "docs", id: "id", attributes: { size: { column: "size", type: "Long" } } },
  });
  assert.equal(words(set, { schema: null, mappings: typed }), "size is 1");
});

test("too many alternatives in one comparison are refused, also where parts may be left open", () => {
  const either = (test: ExprJson): ExprJson =>
    // biome-ignore lint/suspicious/noThenProperty: the name is Cedar's, and an expression is never awaited
    ({ "if-then-else": { if: test, then: { Value: 1 }, else: { Value: 2 } } });
  let sum: ExprJson = size;
  for (let i = 0; i < 7; i++) sum = { "+": { left: sum, right: either(is(dot("name"), `n${i}`)) } };
  const set = policies({ big: ["permit", is(sum, 9)] });
  for (const approximate of [false, true]) {
    assert.throws(
      () => plan(set, { approximate }),
      (error) =>
        error instanceof PlanError &&
        error.code === "too_large" &&
        error.policyId === "big" &&
        error.help === "use `&&` and `||` instead of `if` within operands" &&
        /^too many alternatives meet in one comparison, in `.*` of policy `big`$/.test(error.message),
    );
  }
});

test("what hangs in files below what only a source knows is refused, naming policy and clause", () => {
  const q = EntityUid.of("Place", "q");
  const entities = [{ uid: EntityUid.of("Shelf", "s"), parents: [q] }];
  const below = new Descendants(entities, {
    ownsParents: (type) => type === "Place",
    ownsAny: (type) => type === "Place",
    reaches: (type, ancestor) => type === "Place" && ancestor === "Place",
  });
  assert.deepEqual([...below.of(q)], [entities[0]?.uid]);
  const set = policies({
    a: ["permit", { in: { left: RESOURCE, right: { Value: { __entity: { type: "Place", id: "p" } } } } }],
  });
  assert.throws(() => plan(set, { descendantsOf: (uid) => below.of(uid) }), {
    code: "not_known",
    policyId: "a",
    clause: 'resource in Place::"p"',
    message:
      '`Shelf::"s"` is in `Place::"q"` by the project\'s files, and only a source knows what that is in, in `resource in Place::"p"` of policy `a`',
    help: "keep the parents of both in one place",
  });
});
