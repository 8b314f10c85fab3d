import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { DecisionRequest, ReasonCode } from "@cordon/engine";
import { RequestError } from "@cordon/engine";
import { openProject } from "../project/open-project.js";
import type { ProjectDecider } from "../project/project-decider.js";
import { NOON, OFFICE, type ProjectText, tempProject } from "../testing-internal/temp-project.js";

async function open(t: TestContext, files: ProjectText = OFFICE, now = NOON): Promise<ProjectDecider> {
  const directory = await tempProject(t, files);
  const decider = await openProject(directory, { log: false, watch: false, clock: () => now });
  t.after(() => decider.close());
  return decider;
}

const ANN_READS: DecisionRequest = {
  principal: 'User::"ann"',
  action: "read",
  resource: 'Doc::"plan"',
};

test("answers by static entities, the schema's actions and the caller's properties", async (t) => {
  const decider = await open(t);
  const pay = (id: string, amount: number): DecisionRequest => ({
    principal: { type: "User", id },
    action: { name: "pay", properties: { amount } },
    resource: { type: "Doc", id: "plan" },
  });
  const rows: [string, DecisionRequest, "allow" | "deny", ReasonCode, string[]][] = [
    ["owner", ANN_READS, "allow", "permitted", ["owner-reads"]],
    ["action as a uid", { ...ANN_READS, action: 'Action::"read"' }, "allow", "permitted", ["owner-reads"]],
    ["not the owner", { ...ANN_READS, principal: 'User::"kid"' }, "deny", "no_permit", []],
    ["unknown entity of a known type", { ...ANN_READS, principal: 'User::"new"' }, "deny", "no_permit", []],
    ["group of a group", pay("ann", 5), "allow", "permitted", ["staff-pay"]],
    ["above the amount", pay("ann", 500), "deny", "no_permit", []],
    ["forbidden", pay("kid", 5), "deny", "forbidden", ["minors"]],
    ["a forbid errs on a missing attribute", pay("nobody", 5), "deny", "forbid_errored", []],
    [
      "the caller's attribute wins over the static one",
      {
        ...ANN_READS,
        principal: 'User::"kid"',
        resource: { type: "Doc", id: "plan", properties: { public: true } },
      },
      "allow",
      "permitted",
      ["public-reads"],
    ],
    [
      "an entity that only the caller knows",
      {
        ...ANN_READS,
        resource: {
          type: "Doc",
          id: "fresh",
          properties: { owner: { type: "User", id: "ann" }, public: false },
        },
      },
      "allow",
      "permitted",
      ["owner-reads"],
    ],
    [
      "unknown principal type",
      { ...ANN_READS, principal: 'Robot::"r"' },
      "deny",
      "unknown_principal_type",
      [],
    ],
    ["unknown resource type", { ...ANN_READS, resource: 'Robot::"r"' }, "deny", "unknown_resource_type", []],
    ["unknown action", { ...ANN_READS, action: "fly" }, "deny", "unknown_action", []],
    ["inapplicable", { ...ANN_READS, principal: 'Group::"staff"' }, "deny", "action_not_applicable", []],
    [
      "a type of the prototype",
      { ...ANN_READS, principal: 'constructor::"x"' },
      "deny",
      "unknown_principal_type",
      [],
    ],
    [
      "a type that is no name",
      { ...ANN_READS, principal: { type: 'User"x', id: "ann" } },
      "deny",
      "unknown_principal_type",
      [],
    ],
  ];
  for (const [name, request, decision, code, policies] of rows) {
    await t.test(name, async () => {
      const answer = await decider.decide(request);
      assert.deepEqual(
        [answer.decision, answer.reason.code, answer.policies.map((p) => p.id)],
        [decision, code, policies],
      );
      assert.equal(answer.bundleId, decider.bundle.id);
      assert.match(answer.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });
  }
});

test("callers may call types what the settings say", async (t) => {
  const decider = await open(t, { ...OFFICE, "cordon.yaml": "types: { user: User, document: Doc }" });
  const answer = await decider.decide({
    principal: { type: "user", id: "ann" },
    action: { name: "read" },
    resource: { type: "document", id: "plan" },
  });
  assert.equal(answer.decision, "allow");
});

test("an action is found in whichever namespace has it", async (t) => {
  const decider = await open(t, {
    "policies/a.cedar": "permit (principal, action, resource);",
    "schema.cedarschema": `
      namespace A { entity U, R; action go, only appliesTo { principal: U, resource: R }; }
      namespace B { entity U, R; action go appliesTo { principal: U, resource: [R, A::R] }; }
      namespace C { entity U; action go appliesTo { principal: B::U, resource: A::R }; }`,
  });
  const go = async (principal: string, resource: string, action = "go") =>
    (
      await decider.decide({
        principal: { type: principal, id: "u" },
        action,
        resource: { type: resource, id: "r" },
      })
    ).reason.code;
  assert.equal(await go("A::U", "A::R", "only"), "permitted");
  assert.equal(await go("A::U", "A::R"), "permitted");
  assert.equal(await go("B::U", "B::R"), "permitted");
  assert.equal(await go("B::U", "A::R", 'C::Action::"go"'), "permitted");
  assert.equal(await go("C::U", "B::R"), "action_not_applicable");
  await assert.rejects(
    go("B::U", "A::R"),
    (error) => error instanceof RequestError && error.code === "action_ambiguous",
  );
});

test("an answer carries reasons and obligations of the policies that determined it", async (t) => {
  const decider = await open(t);
  const answer = await decider.decide(ANN_READS);
  assert.deepEqual(answer.policies, [
    { id: "owner-reads", effect: "permit", reason: "owners read what is theirs" },
  ]);
  assert.deepEqual(answer.obligations, [
    { id: "watermark", policyId: "owner-reads" },
    { id: "audit", policyId: "owner-reads" },
  ]);
  assert.equal(answer.reason.message, "permitted by `owner-reads`: owners read what is theirs");
});

test("malformed requests are errors that name the member", async (t) => {
  const decider = await open(t);
  const office = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
  const rows: [string, unknown, string, string][] = [
    ["null", null, "request_invalid", ""],
    ["a list", [], "request_invalid", ""],
    ["no principal", { ...office, principal: undefined }, "member_missing", "/principal"],
    ["a number for a principal", { ...office, principal: 7 }, "member_type", "/principal"],
    ["text that is no uid", { ...office, principal: "ann" }, "entity_uid_syntax", "/principal"],
    ["no id", { ...office, resource: { type: "Doc" } }, "member_missing", "/resource/id"],
    [
      "an id that is a number",
      { ...office, resource: { type: "Doc", id: 1 } },
      "member_type",
      "/resource/id",
    ],
    ["an empty type", { ...office, resource: { type: "", id: "1" } }, "member_empty", "/resource/type"],
    [
      "half a surrogate pair",
      { ...office, resource: { type: "Doc", id: "\ud800" } },
      "text_not_unicode",
      "/resource/id",
    ],
    ["no action name", { ...office, action: {} }, "member_missing", "/action/name"],
    ["an empty action", { ...office, action: "" }, "member_empty", "/action"],
    ["context as a list", { ...office, context: [] }, "member_type", "/context"],
    [
      "properties as text",
      { ...office, resource: { type: "Doc", id: "1", properties: "x" } },
      "member_type",
      "/resource/properties",
    ],
    [
      "a declared member of another type",
      { ...office, context: { size: "big" } },
      "value_type",
      "/context/size",
    ],
    ["a fraction for a Long", { ...office, context: { size: 1.5 } }, "value_type", "/context/size"],
    ["beyond 64 bits", { ...office, context: { size: 2n ** 63n } }, "value_type", "/context/size"],
    ["not an address", { ...office, context: { ip: "1.2.3" } }, "value_type", "/context/ip"],
    [
      "a property of another type",
      { ...office, principal: { type: "User", id: "ann", properties: { age: "40" } } },
      "value_type",
      "/principal/properties/age",
    ],
    [
      "null in a set",
      { ...office, principal: { type: "User", id: "ann", properties: { names: ["a", null] } } },
      "value_type",
      "/principal/properties/names/1",
    ],
    [
      "a nested member missing",
      { ...office, principal: { type: "User", id: "ann", properties: { address: { zip: 1 } } } },
      "member_missing",
      "/principal/properties/address/city",
    ],
    ["action properties missing", { ...office, action: "pay" }, "member_missing", "/action/properties"],
    [
      "one of them missing",
      { ...office, action: { name: "pay", properties: {} } },
      "member_missing",
      "/action/properties/amount",
    ],
    [
      "context missing",
      { ...office, action: "open", resource: 'Vault::"v"' },
      "member_missing",
      "/context/code",
    ],
  ];
  for (const [name, request, code, path] of rows) {
    await t.test(name, async () => {
      await assert.rejects(
        decider.decide(request as DecisionRequest),
        (error) =>
          error instanceof RequestError &&
          assert.deepEqual([error.code, error.path], [code, path]) === undefined,
      );
    });
  }
});

test("what has no place is left out and reported", async (t) => {
  const decider = await open(t);
  const answer = await decider.decide({
    principal: {
      type: "User",
      id: "ann",
      properties: { hobby: "chess", level: null, age: 41, address: { city: "Ulm", zip: null } },
    },
    action: { name: "read", properties: { why: "curious" } },
    resource: 'Doc::"plan"',
    context: { now: "1999-01-01", "a/b~c": 1, size: null, ratio: 0.5, ["__proto__"]: { size: 1 } },
  });
  assert.equal(answer.decision, "allow");
  assert.deepEqual(answer.ignored.sort(), [
    "/action/properties/why",
    "/context/__proto__",
    "/context/a~1b~0c",
    "/context/now",
    "/context/ratio",
    "/context/size",
    "/principal/properties/address/zip",
    "/principal/properties/hobby",
    "/principal/properties/level",
  ]);
});

test("values are converted by the types of the schema", async (t) => {
  const decider = await open(t, {
    ...OFFICE,
    "policies/office.cedar": `
      permit (principal, action == Action::"read", resource) when {
        principal has level && principal has home && principal has joined && principal has boss &&
        principal has names && principal has address &&
        principal.level.greaterThan(decimal("1.2")) && principal.home.isLoopback() &&
        principal.joined < context.now && principal.boss == User::"ann" && principal.names.contains("é") &&
        principal.address.city == "Ulm" && principal.age == 9007199254740993
      };`,
    "entities/office.json": "[]",
  });
  const answer = await decider.decide({
    principal: {
      type: "User",
      id: "x",
      properties: {
        level: 1.5,
        home: "127.0.0.1",
        joined: new Date("2020-01-01"),
        boss: { type: "User", id: "ann" },
        names: ["é", "é"],
        address: { city: "Ulm" },
        age: 9007199254740993n,
      },
    },
    action: "read",
    resource: 'Doc::"d"',
  });
  assert.deepEqual([answer.decision, answer.errors], ["allow", []]);
});

test("the clock is the decision point's alone", async (t) => {
  const late = await open(t, OFFICE, new Date("2026-03-04T22:30:00.000Z"));
  const answer = await late.decide({ ...ANN_READS, context: { now: "2026-03-04T12:00:00Z" } });
  assert.deepEqual([answer.decision, answer.reason.code], ["deny", "forbidden"]);
  assert.deepEqual(answer.ignored, ["/context/now"]);
});

test("a context member called action does not mix with the action's properties", async (t) => {
  const decider = await open(t);
  const paid = await decider.decide({
    principal: 'User::"ann"',
    action: { name: "pay", properties: { amount: 500 } },
    resource: 'Doc::"plan"',
    context: { action: { amount: 1 } },
  });
  assert.deepEqual([paid.decision, paid.ignored], ["deny", ["/context/action"]]);
  const opened = await decider.decide({
    principal: 'User::"ann"',
    action: { name: "open", properties: { amount: 1 } },
    resource: 'Vault::"v"',
    context: { code: "sesame", action: "slowly" },
  });
  assert.deepEqual([opened.decision, opened.ignored], ["allow", ["/action/properties/amount"]]);
});

test("without a schema whatever Cedar can hold is taken", async (t) => {
  const decider = await open(t, {
    "rules.cedar": `
      permit (principal, action == Action::"go", resource) when {
        context["__proto__"] == 1 && context.constructor == "c" && principal["__proto__"].x == 2 &&
        context.action.speed == 3 && context.now > datetime("2020-01-01") && context.tags.contains("t")
      };`,
  });
  const answer = await decider.decide({
    principal: { type: "Any::Thing", id: "__proto__", properties: { ["__proto__"]: { x: 2, half: 0.5 } } },
    action: { name: "go", properties: { speed: 3 } },
    resource: { type: "constructor", id: "constructor" },
    context: { ["__proto__"]: 1, constructor: "c", tags: ["t"], mixed: [1, null], now: "1990-01-01" },
  });
  assert.deepEqual([answer.decision, answer.errors], ["allow", []]);
  assert.deepEqual(answer.ignored.sort(), [
    "/context/mixed",
    "/context/now",
    "/principal/properties/__proto__/half",
  ]);
  await assert.rejects(
    decider.decide({ principal: { type: 'User"x', id: "y" }, action: "go", resource: 'A::"b"' }),
    (error) => error instanceof RequestError && error.code === "entity_type_syntax",
  );
});

test("properties of one request are not seen by another", async (t) => {
  const decider = await open(t);
  const doc = (properties?: Record<string, unknown>): DecisionRequest => ({
    principal: 'User::"kid"',
    action: "read",
    resource: { type: "Doc", id: "plan", ...(properties && { properties }) },
  });
  const answers = await decider.decideMany([
    doc({ public: true }),
    doc(),
    doc({ public: false }),
    doc({ public: true }),
  ]);
  assert.deepEqual(
    answers.map((a) => "decision" in a && a.decision),
    ["allow", "deny", "deny", "allow"],
  );
});

test("the three semantics of a batch keep the order and stop where they should", async (t) => {
  const decider = await open(t);
  const yes = ANN_READS;
  const no = { ...ANN_READS, principal: 'User::"kid"' };
  const bad = { ...ANN_READS, principal: 7 } as unknown as DecisionRequest;
  const run = async (items: DecisionRequest[], semantic?: "deny_on_first_deny" | "permit_on_first_permit") =>
    (await decider.decideMany(items, semantic && { semantic })).map((a) =>
      "error" in a ? `${a.error.code} ${a.error.path}` : a.decision,
    );
  const failed = "member_type /principal";
  assert.deepEqual(await run([yes, no, bad, yes]), ["allow", "deny", failed, "allow"]);
  assert.deepEqual(await run([yes, no, yes], "deny_on_first_deny"), ["allow", "deny"]);
  assert.deepEqual(await run([yes, bad, yes], "deny_on_first_deny"), ["allow", failed]);
  assert.deepEqual(await run([no, bad, yes, no], "permit_on_first_permit"), ["deny", failed, "allow"]);
  assert.deepEqual(await run([no, no], "permit_on_first_permit"), ["deny", "deny"]);
  assert.deepEqual(await run([]), []);
});

test("explain answers like decide, and says why", async (t) => {
  const decider = await open(t);
  const { decision, explanation } = await decider.explain(ANN_READS);
  assert.equal(decision.decision, "allow");
  assert.equal(explanation.decision, "allow");
  assert.equal(explanation.policies[0]?.policyId, "owner-reads");
  const unknown = await decider.explain({ ...ANN_READS, action: "fly" });
  assert.deepEqual([unknown.decision.reason.code, unknown.explanation.policies], ["unknown_action", []]);
});
