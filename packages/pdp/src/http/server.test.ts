import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, READ, serve, standIn } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";

test("an answer carries the decision id, bundle, reason, policies and obligations, and `ignored` only with debug", async (t) => {
  const { post, decider } = await serve(t);
  const body = { ...READ, action: { name: "write" }, context: { mood: "good" } };
  const plain = (await post(EVALUATION, body)).json.context;
  assert.deepEqual(Object.keys(plain), ["id", "bundle", "reason", "policies", "obligations", "errors"]);
  assert.equal(plain.bundle, decider.bundle.id);
  assert.equal(plain.reason.code, "permitted");
  assert.deepEqual(plain.policies, [{ id: "alice-writes", effect: "permit" }]);
  assert.deepEqual(plain.obligations, [{ id: "notify-owner", policy: "alice-writes" }]);
  const debug = (await post(`${EVALUATION}?debug`, body)).json.context;
  assert.deepEqual(debug.ignored, ["/context/mood"]);
  const more = { ...READ.subject, properties: { mood: "good" } };
  const evaluations = [{}, { subject: more }];
  const { json } = await post("/access/v1/evaluations?debug", { ...READ, subject: more, evaluations });
  const ignored = json.evaluations.map((e: { context: { ignored: string[] } }) => e.context.ignored);
  assert.deepEqual(ignored, [["/subject/properties/mood"], ["/evaluations/1/subject/properties/mood"]]);
  const read = (await post(EVALUATION, READ)).json.context;
  assert.deepEqual(read.policies, [{ id: "read", effect: "permit", reason: "everybody reads" }]);
});

test("every answered decision is in the log, with its caller and trace", async (t) => {
  const { post, decider } = await serve(t);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const { id } = (await post(EVALUATION, READ, { traceparent })).json.context;
  const record = await decider.log?.get(id);
  assert.equal(record?.caller, "anonymous@loopback");
  assert.equal(record?.traceId, "4bf92f3577b34da6a3ce929d0e0e4736");
  const other = (await post(EVALUATION, READ, { traceparent: "00-junk" })).json.context;
  assert.equal((await decider.log?.get(other.id))?.traceId, null);
});

test("the three semantics stop where they say, and an item's error counts as a deny", async (t) => {
  const { post } = await serve(t);
  const write = { ...READ, subject: { type: "user", id: "bob" }, action: { name: "write" } };
  const run = async (semantic: string, evaluations: unknown[]): Promise<boolean[]> => {
    const { json } = await post("/access/v1/evaluations", {
      evaluations,
      options: { evaluations_semantic: semantic },
    });
    return json.evaluations.map((e: { decision: boolean }) => e.decision);
  };
  assert.deepEqual(await run("execute_all", [READ, write, null, READ]), [true, false, false, true]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, READ, write, READ]), [true, true, false]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, null, write, READ]), [true, false]);
  assert.deepEqual(await run("deny_on_first_deny", [write, null]), [false]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, READ]), [true, true]);
  assert.deepEqual(await run("permit_on_first_permit", [null, write, READ, null, READ]), [
    false,
    false,
    true,
  ]);
  assert.deepEqual(await run("permit_on_first_permit", [READ, null]), [true]);
  assert.deepEqual(await run("permit_on_first_permit", [write, null]), [false, false]);
});

test("items of a batch that share ids never share properties", async (t) => {
  const { post } = await serve(t);
  const item = (status: string) => ({ resource: { type: "record", id: "record-9", properties: { status } } });
  const { json } = await post("/access/v1/evaluations", {
    subject: READ.subject,
    action: { name: "write" },
    evaluations: [item("active"), item("archived"), item("active")],
  });
  assert.deepEqual(
    json.evaluations.map((e: { decision: boolean }) => e.decision),
    [true, false, true],
  );
});

test("a failure inside answers with a problem that gives nothing away, and is logged with its request id", async (t) => {
  const { post, lines } = await serve(t, {
    wrap: (decider) =>
      standIn(decider, { decide: () => Promise.reject(new Error("secret of the database")) }),
  });
  const answer = await post(EVALUATION, READ);
  assertProblem(answer, 500, "internal_error");
  assert.doesNotMatch(answer.text, /secret|at /);
  const line = lines.find(({ level }) => level === 50);
  assert.equal(line?.requestId, answer.json.request_id);
});

test("requests are logged at debug level by route, never by path or with secrets", async (t) => {
  const { get, lines } = await serve(t);
  await get("/cordon/v1/decisions/private-id?x=secret", { authorization: "Bearer secret" });
  await get("/healthz");
  const answered = lines.filter(({ msg }) => msg === "answered");
  assert.equal(answered[0]?.route, "/cordon/v1/decisions/{id}");
  assert.equal(answered[0]?.status, 404);
  assert.equal(JSON.stringify(lines).includes("secret"), false);
});
