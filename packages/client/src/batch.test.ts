import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, DeciderUnavailable } from "./index.js";
import { sendJson } from "./testing-internal/fake-server.js";
import { allow, request, serverThat } from "./testing-internal/fixtures.js";

test("a batch keeps its order and its failures", async () => {
  const error = { status: 400, code: "wrong_type", message: "no", pointer: "/evaluations/1/subject/id" };
  const server = await serverThat((response) =>
    sendJson(response, {
      evaluations: [allow, { decision: false, context: { error } }, { decision: false }],
    }),
  );
  const answers = await connect({ url: server.url }).decideMany([request, request, request]);
  assert.equal("decision" in (answers[0] ?? {}) && answers.length, 3);
  assert.deepEqual(answers[1], { error: { code: "wrong_type", message: "no", path: "/principal/id" } });
  const sent = JSON.parse(server.received[0]?.body ?? "") as { evaluations: unknown[]; options: unknown };
  assert.equal(sent.evaluations.length, 3);
  assert.deepEqual(sent.options, { evaluations_semantic: "execute_all" });
});

test("an item that can't be written fails alone", async () => {
  const server = await serverThat((response, { body }) => {
    const { evaluations } = JSON.parse(body) as { evaluations: unknown[] };
    const error = { status: 400, code: "wrong_type", message: "must be an object" };
    sendJson(response, {
      evaluations: evaluations.map((item) =>
        item === null ? { decision: false, context: { error } } : allow,
      ),
    });
  });
  const answers = await connect({ url: server.url }).decideMany([
    request,
    { ...request, principal: "ann" },
    request,
  ]);
  assert.deepEqual(
    answers.map((answer) => ("error" in answer ? answer.error.code : answer.decision)),
    ["allow", "entity_uid_syntax", "allow"],
  );
});

test("credentials that all items share are sent once; others with their items", async () => {
  const server = await serverThat((response, { body }) => {
    const { evaluations } = JSON.parse(body) as { evaluations: unknown[] };
    sendJson(response, { evaluations: evaluations.map(() => allow) });
  });
  const decider = connect({ url: server.url });
  const mine = { token: "a.b.c", deviceId: "d" };
  const theirs = { token: "d.e.f" };
  await decider.decideMany([1, 2].map((n) => ({ ...request, context: { n }, credentials: mine })));
  await decider.decideMany([mine, theirs].map((credentials) => ({ ...request, context: {}, credentials })));
  const [shared, apart] = server.received.map(({ body }) => JSON.parse(body));
  const wire = { token: "a.b.c", device_id: "d" };
  assert.deepEqual(shared.context, { credentials: wire });
  assert.deepEqual(
    shared.evaluations.map((item: { context: unknown }) => item.context),
    [{ n: 1 }, { n: 2 }],
  );
  assert.equal(apart.context, undefined);
  assert.deepEqual(
    apart.evaluations.map((item: { context: unknown }) => item.context),
    [{ credentials: wire }, { credentials: theirs }],
  );
});

test("no batch asks nothing", async () => {
  const server = await serverThat((response) => sendJson(response, {}));
  assert.deepEqual(await connect({ url: server.url }).decideMany([]), []);
  assert.equal(server.received.length, 0);
});

test("a batch that comes back short is no answer, unless the semantic ends it there", async () => {
  const { url } = await serverThat((response) => sendJson(response, { evaluations: [allow] }));
  const decider = connect({ url });
  const isBad = (error: unknown) => error instanceof DeciderUnavailable && error.code === "bad_answer";
  await assert.rejects(decider.decideMany([request, request]), isBad);
  await assert.rejects(decider.decideMany([request, request], { semantic: "deny_on_first_deny" }), isBad);
  const answers = await decider.decideMany([request, request], { semantic: "permit_on_first_permit" });
  assert.equal(answers.length, 1);
});

test("a batch that comes back long, or allows beside an error, is no answer", async () => {
  const error = { status: 500, message: "no" };
  for (const evaluations of [[allow, allow], [{ decision: true, context: { error } }], "all", [null]]) {
    const { url } = await serverThat((response) => sendJson(response, { evaluations }));
    await assert.rejects(connect({ url }).decideMany([request]), DeciderUnavailable);
  }
});

test("a long batch is sent in parts and stops where its semantic says", async () => {
  const server = await serverThat((response, { body }) => {
    const { evaluations } = JSON.parse(body) as { evaluations: { subject: { id: string } }[] };
    const answers = evaluations.map(({ subject }) => (subject.id === "700" ? { decision: false } : allow));
    const stop = answers.findIndex((answer) => !answer.decision);
    sendJson(response, { evaluations: stop === -1 ? answers : answers.slice(0, stop + 1) });
  });
  const requests = Array.from({ length: 1_500 }, (_, i) => ({
    ...request,
    principal: { type: "User", id: String(i) },
  }));
  const decider = connect({ url: server.url });
  const answers = await decider.decideMany(requests, { semantic: "deny_on_first_deny" });
  assert.equal(answers.length, 701);
  assert.equal(server.received.length, 2);
});
