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
import { type PlanOptions, planResidual } from "./plan-residual.js";

const SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: { memberOfTypes: [], attributes: {} },
    Doc: {
      memberOfTypes: [],
      attributes: {
        open: { type: { type: "Boolean" }, required: true },
        size: { type: { type: "Long" }, required: true },
        name: { type: { type: "String" }, required: true },
        owner: { type: { type: "Entity", name: "User" }, required: true },
        unmapped: { type: { type: "Long" }, required: true },
        words: { type: { type: "Set", element: { type: "String" } }, required: true },
      },
    },
  },
  actions: {},
};
const MAPPINGS = parseMappings({
  Doc: {
    table: "docs",
    id: "id",
    attributes: { open: "open", size: "size", name: "name", owner: "owner_id" },
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
        error.message === message &&
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
