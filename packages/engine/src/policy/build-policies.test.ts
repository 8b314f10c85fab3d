import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, EngineError, type ExprJson, type PolicySetJson } from "../index.js";
import { lit, op, outcomeOf, policyOf, requestOf, setOf, storeOf, when } from "../testing-internal/world.js";

function withBody(body: unknown): PolicySetJson {
  return setOf({ p: policyOf("permit", { conditions: when(body as ExprJson) }) });
}

function withPolicy(parts: Record<string, unknown>): PolicySetJson {
  return setOf({ p: { ...policyOf("permit"), ...parts } as never });
}

const BODY = "/staticPolicies/p/conditions/0/body";

test("a malformed policy is refused with what is wrong and where", () => {
  const cases: [PolicySetJson, string, string][] = [
    [withBody({}), BODY, "an empty object is not an expression"],
    [withBody(null), BODY, "expected an object, got null"],
    [
      withBody({ "!": { arg: lit(true) }, neg: { arg: lit(1) } }),
      BODY,
      "an expression has one key, but found `!` and `neg`",
    ],
    [withBody({ "!": { arg: lit(true), x: 1 } }), `${BODY}/!/x`, "unknown field `x`, expected `arg`"],
    [withBody({ "+": { left: lit(1) } }), `${BODY}/+`, "missing field `right`"],
    [withBody({ nope: [] }), `${BODY}/nope`, "unknown operator or function `nope`"],
    [withBody({ toString: [] }), `${BODY}/toString`, "unknown operator or function `toString`"],
    [withBody({ Var: "subject" }), `${BODY}/Var`, "unknown variable `subject`"],
    [withBody({ Slot: "?principal" }), `${BODY}/Slot`, "found a template slot in a condition"],
    [withBody({ Value: null }), `${BODY}/Value`, "expected a value, got null"],
    [withBody({ Value: { a: [1.5] } }), `${BODY}/Value/a/0`, "`1.5` is not a 64-bit integer"],
    [
      withBody({ Value: { __entity: { type: "1", id: "" } } }),
      `${BODY}/Value/__entity/type`,
      "`1` is not an entity type",
    ],
    [
      withBody({ has: { left: { Var: "context" }, attr: [] } }),
      `${BODY}/has/attr`,
      "`has` needs at least one attribute name",
    ],
    [
      withBody({ like: { left: lit("a"), pattern: "a" } }),
      `${BODY}/like/pattern`,
      "expected an array, got a string",
    ],
    [withPolicy({ effect: "allow" }), "/staticPolicies/p/effect", "unknown effect `allow`"],
    [withPolicy({ conditions: undefined }), "/staticPolicies/p/conditions", "expected an array, got nothing"],
    [
      withPolicy({ colour: "red" }),
      "/staticPolicies/p/colour",
      "unknown field `colour`, expected `effect` or `principal` or `action` or `resource` or `conditions` or `annotations`",
    ],
    [
      withPolicy({ conditions: [{ kind: "if", body: lit(true) }] }),
      "/staticPolicies/p/conditions/0/kind",
      "unknown clause `if`",
    ],
    [
      withPolicy({ principal: { op: "==" } }),
      "/staticPolicies/p/principal/entity",
      "expected an object, got nothing",
    ],
    [withPolicy({ principal: { op: "~" } }), "/staticPolicies/p/principal/op", "unknown scope operator `~`"],
    [
      withPolicy({ principal: { op: "==", slot: "?principal" } }),
      "/staticPolicies/p/principal",
      "expected a static policy, got a template containing the slot ?principal",
    ],
    [
      withPolicy({ action: { op: "==", entity: { type: "User", id: "x" } } }),
      "/staticPolicies/p/action/entity",
      'expected an entity uid with type `Action` but got `User::"x"`',
    ],
    [
      withPolicy({ action: { op: "is", entity_type: "Action" } }),
      "/staticPolicies/p/action/op",
      "unknown scope operator `is`",
    ],
    [
      withPolicy({ annotations: { reason: 1 } }),
      "/staticPolicies/p/annotations/reason",
      "expected text for the annotation, got a number",
    ],
  ];
  for (const [set, path, message] of cases) {
    assert.throws(() => compile(set), { name: "EngineError", code: "policy_invalid", path, message });
  }
});

test("template links fill the slots of one shared body", () => {
  const set: PolicySetJson = {
    staticPolicies: {},
    templates: {
      view: policyOf("permit", {
        principal: { op: "==", slot: "?principal" },
        resource: { op: "is", entity_type: "Doc", in: { slot: "?resource" } },
      }),
    },
    templateLinks: [
      {
        templateId: "view",
        newId: "ann",
        values: { "?principal": { type: "User", id: "ann" }, "?resource": { type: "Folder", id: "f" } },
      },
      {
        templateId: "view",
        newId: "bob",
        values: {
          "?principal": { __entity: { type: "User", id: "bob" } },
          "?resource": { type: "Folder", id: "f" },
        },
      },
    ],
  };
  const authorizer = compile(set);
  const store = storeOf({ 'Doc::"d"': { parents: ['Folder::"f"'] } });
  const asked = (user: string) =>
    authorizer.isAuthorized(requestOf(user, 'Action::"view"', 'Doc::"d"'), store).reason;
  assert.deepEqual(asked('User::"ann"'), ["ann"]);
  assert.deepEqual(asked('User::"bob"'), ["bob"]);
  assert.deepEqual(asked('User::"eve"'), []);
  assert.equal(authorizer.policy("bob")?.templateId, "view");
  assert.equal(authorizer.policy("view"), undefined);
});

test("links must match their template", () => {
  const template = policyOf("permit", { principal: { op: "in", slot: "?principal" } });
  const link = (values: object, templateId = "t", newId = "l"): PolicySetJson => ({
    staticPolicies: { taken: policyOf("permit") },
    templates: { t: template },
    templateLinks: [{ templateId, newId, values }],
  });
  const ann = { type: "User", id: "ann" };
  const cases: [PolicySetJson, string][] = [
    [link({}), "the following slots were not provided as arguments: ?principal"],
    [
      link({ "?principal": ann, "?resource": ann }),
      "the following slots were provided as arguments, but did not exist in the template: ?resource",
    ],
    [link({ "?principal": ann }, "nope"), "failed to find a template with id `nope`"],
    [link({ "?principal": ann }, "t", "taken"), "duplicate policy id `taken`"],
    [link({ "?principal": ann }, "t", "t"), "duplicate policy id `t`"],
    [
      { staticPolicies: {}, templates: { t: policyOf("permit") }, templateLinks: [] },
      "expected a template, got a static policy",
    ],
  ];
  for (const [set, message] of cases) assert.throws(() => compile(set), { name: "EngineError", message });
});

test("depth is bounded, and long chains of connectives are not depth", () => {
  let deep: ExprJson = lit(true);
  for (let i = 0; i < 10_000; i++) deep = { "!": { arg: deep } };
  assert.throws(() => compile(withBody(deep)), { code: "policy_too_deep" });
  let literal: never[] | number = 1;
  for (let i = 0; i < 10_000; i++) literal = [literal] as never[];
  assert.throws(() => compile(withBody({ Value: literal })), { code: "policy_too_deep" });
  for (const operator of ["&&", "||"]) {
    let left: ExprJson = lit(operator === "&&");
    let right: ExprJson = left;
    for (let i = 0; i < 10_000; i++) {
      left = op(operator, left, lit(operator === "&&"));
      right = op(operator, lit(operator === "&&"), right);
    }
    assert.equal(outcomeOf(left), operator === "&&");
    assert.equal(outcomeOf(right), operator === "&&");
  }
});

test("a bundle of an unknown format is refused", () => {
  const bundle = { formatVersion: 2, id: "x", policies: setOf({}), sources: {}, schema: null, settings: {} };
  assert.throws(
    () => compile(bundle as never),
    (error: EngineError) => {
      assert.ok(error instanceof EngineError);
      assert.deepEqual(
        [error.code, error.message, error.help],
        ["bundle_invalid", "unknown bundle format version `2`", "this engine reads format version 1"],
      );
      return true;
    },
  );
});

test("attribute names of all policies are known", () => {
  const body = op(
    "&&",
    { has: { left: { Var: "context" }, attr: ["a", "b"] } },
    { ".": { left: { Var: "principal" }, attr: "c" } },
  );
  assert.deepEqual([...compile(withBody(body)).attributeNames].sort(), ["a", "b", "c"]);
});
