import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionRequest, RequestError } from "@cordon/engine";
import { ANN_READS, openOffice } from "../testing-internal/office.js";
import { OFFICE } from "../testing-internal/temp-project.js";

test("callers may call types what the settings say", async (t) => {
  const decider = await openOffice(t, { ...OFFICE, "cordon.yaml": "types: { user: User, document: Doc }" });
  const answer = await decider.decide({
    principal: { type: "user", id: "ann" },
    action: { name: "read" },
    resource: { type: "document", id: "plan" },
  });
  assert.equal(answer.decision, "allow");
});

test("an action is found in whichever namespace has it", async (t) => {
  const decider = await openOffice(t, {
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

test("malformed requests are errors that name the member", async (t) => {
  const decider = await openOffice(t);
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
          assert.deepEqual([error.code, error.path], [code, path]) === undefined &&
          error.help !== "",
      );
    });
  }
});

test("what has no place is left out and reported", async (t) => {
  const decider = await openOffice(t);
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
  const decider = await openOffice(t, {
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
  const late = await openOffice(t, OFFICE, new Date("2026-03-04T22:30:00.000Z"));
  const answer = await late.decide({ ...ANN_READS, context: { now: "2026-03-04T12:00:00Z" } });
  assert.deepEqual([answer.decision, answer.reason.code], ["deny", "forbidden"]);
  assert.deepEqual(answer.ignored, ["/context/now"]);
});

test("a context member called action does not mix with the action's properties", async (t) => {
  const decider = await openOffice(t);
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
  const decider = await openOffice(t, {
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
