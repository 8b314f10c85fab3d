import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, READ, serve } from "./serve.test.support.js";

const ALICE = { type: "user", id: "alice" };
const BOB = { type: "user", id: "bob" };
const ADMIN = { ...BOB, properties: { role: "admin" } };
const RECORD_1 = { type: "record", id: "record-1" };
const ACTIVE = { ...RECORD_1, properties: { status: "active" } };
const ARCHIVED = { type: "record", id: "record-2", properties: { status: "archived" } };
const WRITE = { name: "write" };

const DECISIONS: [section: string, body: unknown, decision: boolean][] = [
  ["rule 1: alice reads", { ...READ }, true],
  ["rule 2: alice writes", { ...READ, action: WRITE }, true],
  ["rule 3: bob reads", { ...READ, subject: BOB }, true],
  ["rule 4: bob may not write", { ...READ, subject: BOB, action: WRITE }, false],
  ["rule 5: nobody writes to archives", { subject: ALICE, action: WRITE, resource: ARCHIVED }, false],
  ["rule 6: but an admin", { subject: ADMIN, action: WRITE, resource: ARCHIVED }, true],
  ["rule 7: soft delete", { ...READ, action: { name: "delete", properties: { soft: true } } }, true],
  ["rule 8: hard delete", { ...READ, action: { name: "delete", properties: { soft: false } } }, false],
  ["with context", { ...READ, context: { time: "2025-06-27T18:03-07:00", ip: "192.168.1.1" } }, true],
  [
    "with further properties",
    {
      subject: { ...ALICE, properties: { department: "Sales", role: "manager" } },
      action: { name: "read", properties: { method: "GET" } },
      resource: { ...RECORD_1, properties: { status: "active", owner: "bob" } },
    },
    true,
  ],
  ["with unknown members", { ...READ, foo: "bar", futureField: { nested: true } }, true],
];

test("Basic: decides as the fixture wants, each time anew", async (t) => {
  const { post } = await serve(t);
  for (const [section, body, decision] of [...DECISIONS, ...DECISIONS]) {
    const answer = await post("/access/v1/evaluation", body);
    assert.equal(answer.status, 200, `${section}: ${answer.text}`);
    assert.equal(answer.headers.get("content-type"), "application/json");
    assert.equal(answer.json.decision, decision, section);
    assert.equal(typeof answer.json.context, "object");
  }
});

const REFUSED: [section: string, body: unknown, pointer: string][] = [
  ["subject missing", { action: READ.action, resource: RECORD_1 }, "/subject"],
  ["action missing", { subject: ALICE, resource: RECORD_1 }, "/action"],
  ["resource missing", { subject: ALICE, action: READ.action }, "/resource"],
  ["subject.type missing", { ...READ, subject: { id: "alice" } }, "/subject/type"],
  ["subject.id missing", { ...READ, subject: { type: "user" } }, "/subject/id"],
  ["action.name missing", { ...READ, action: {} }, "/action/name"],
  ["resource.type missing", { ...READ, resource: { id: "record-1" } }, "/resource/type"],
  ["resource.id missing", { ...READ, resource: { type: "record" } }, "/resource/id"],
  ["subject is text", { ...READ, subject: "alice" }, "/subject"],
  ["action.name is a number", { ...READ, action: { name: 123 } }, "/action/name"],
  ["context is null", { ...READ, context: null }, "/context"],
  ["properties is an array", { ...READ, subject: { ...ALICE, properties: [] } }, "/subject/properties"],
];

test("Basic: refuses what is malformed, naming the member", async (t) => {
  const { post } = await serve(t);
  for (const [section, body, pointer] of REFUSED) {
    const answer = await post("/access/v1/evaluation", body);
    assertProblem(answer, 400, section.endsWith("missing") ? "missing_member" : "wrong_type", { pointer });
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    const answer = await post("/access/v1/evaluation", READ, { "content-type": type });
    assertProblem(answer, 400, "invalid_content_type", { header: "content-type" });
  }
  const malformed = await post("/access/v1/evaluation", '{"subject":');
  assert.equal(malformed.status, 400);
  assertProblem(await post("/access/v1/evaluation", ""), 400, "empty_body", { pointer: "" });
});

test("Basic: X-Request-ID comes back, on problems too, and is made up where there is none", async (t) => {
  const { post, get } = await serve(t);
  const headers = { "x-request-id": "bfe9eb29, (arbitrary) {text}" };
  for (const answer of [
    await post("/access/v1/evaluation", READ, headers),
    await post("/access/v1/evaluation", "{", headers),
    await get("/nothing", headers),
  ]) {
    assert.equal(answer.headers.get("x-request-id"), headers["x-request-id"]);
  }
  assert.match(
    (await post("/access/v1/evaluation", READ)).headers.get("x-request-id") ?? "",
    /^[0-9a-f-]{36}$/,
  );
});

const BATCHES: [section: string, body: unknown, decisions: boolean[]][] = [
  [
    "decisions in order",
    { subject: BOB, resource: RECORD_1, evaluations: [{ action: { name: "read" } }, { action: WRITE }] },
    [true, false],
  ],
  [
    "properties per item",
    { subject: ALICE, action: WRITE, evaluations: [{ resource: ACTIVE }, { resource: ARCHIVED }] },
    [true, false],
  ],
  [
    "subject properties per item",
    { action: WRITE, resource: ARCHIVED, evaluations: [{ subject: ALICE }, { subject: ADMIN }] },
    [false, true],
  ],
  ["no defaults", { evaluations: [READ, { ...READ, subject: BOB, action: WRITE }] }, [true, false]],
  [
    "context inherited or replaced",
    {
      subject: ALICE,
      action: READ.action,
      context: { time: "2025-06-27T18:03-07:00" },
      evaluations: [{ resource: RECORD_1 }, { resource: RECORD_1, context: { source: "batch-override" } }],
    },
    [true, true],
  ],
  [
    "required members fall back to the default",
    {
      subject: ALICE,
      action: WRITE,
      resource: { type: "record" },
      evaluations: [
        { resource: { id: "record-1", properties: { status: "active" } } },
        { resource: ARCHIVED },
      ],
    },
    [true, false],
  ],
  [
    "an item without resource",
    { subject: ALICE, action: READ.action, evaluations: [{ resource: RECORD_1 }, {}] },
    [true, false],
  ],
  [
    "an empty default that every item overrides",
    { ...READ, resource: {}, evaluations: [{ resource: RECORD_1 }] },
    [true],
  ],
];

test("Batch: as many answers, in the same order, each a decision", async (t) => {
  const { post } = await serve(t);
  for (const [section, body, decisions] of BATCHES) {
    const { status, json, text } = await post("/access/v1/evaluations", body);
    assert.equal(status, 200, `${section}: ${text}`);
    assert.deepEqual(
      json.evaluations.map((e: { decision: boolean }) => e.decision),
      decisions,
      section,
    );
    assert.equal("decision" in json, false, section);
  }
});

test("Batch: without evaluations it is a single evaluation", async (t) => {
  const { post } = await serve(t);
  for (const body of [READ, { ...READ, evaluations: [] }]) {
    const { status, json } = await post("/access/v1/evaluations", body);
    assert.equal(status, 200);
    assert.equal(json.decision, true);
    assert.equal("evaluations" in json, false);
  }
  assertProblem(await post("/access/v1/evaluations", {}), 400, "missing_member", { pointer: "/subject" });
});

test("Discovery: the metadata names what is served, under the URL that was asked", async (t) => {
  const { get, post, url } = await serve(t);
  const { status, json, headers } = await get("/.well-known/authzen-configuration");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/json");
  assert.equal(json.policy_decision_point, url);
  assert.deepEqual(Object.keys(json).sort(), [
    "access_evaluation_endpoint",
    "access_evaluations_endpoint",
    "policy_decision_point",
    "search_action_endpoint",
    "search_resource_endpoint",
    "search_subject_endpoint",
  ]);
  for (const endpoint of [json.access_evaluation_endpoint, json.access_evaluations_endpoint]) {
    assert.equal((await post(endpoint.slice(url.length), READ)).json.decision, true);
  }
  const elsewhere = await serve(t, { publicUrl: "https://pdp.example.com/tenant/" });
  const named = await elsewhere.get("/.well-known/authzen-configuration");
  assert.equal(named.json.policy_decision_point, "https://pdp.example.com/tenant");
  assert.equal(named.json.access_evaluation_endpoint, "https://pdp.example.com/tenant/access/v1/evaluation");
});
