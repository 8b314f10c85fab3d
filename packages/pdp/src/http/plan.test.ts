import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanUnavailable } from "@cordon/engine";
import { assertProblem, READ, serve, standIn } from "./serve.test.support.js";

const PLAN = "/cordon/v1/plan";
const WRITE = { subject: READ.subject, action: { name: "write" }, resource: { type: "record" } };

test("a plan says all, none, or which", async (t) => {
  const { post, decider } = await serve(t);
  const which = await post(PLAN, WRITE);
  assert.equal(which.status, 200, which.text);
  const { id, predicate, policies, ...rest } = which.json;
  assert.deepEqual(rest, {
    outcome: "when",
    exact: true,
    bundle: decider.bundle.id,
    resource: { type: "record" },
  });
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(predicate.resourceType, "record");
  assert.deepEqual(
    policies.map((policy: { id: string }) => policy.id),
    ["alice-writes"],
  );
  const all = await post(PLAN, { ...WRITE, action: { name: "read" } });
  assert.equal(all.json.outcome, "always");
  assert.equal(all.json.policies[0].reason, "everybody reads");
  const none = await post(PLAN, { ...WRITE, action: { name: "shred" } });
  assert.deepEqual([none.json.outcome, none.json.reason.code], ["never", "unknown_action"]);
});

test("what was not used is told where it stood, on demand", async (t) => {
  const { post } = await serve(t);
  const body = {
    ...WRITE,
    subject: { ...READ.subject, properties: { shoe: 43 } },
    context: { mood: "good" },
  };
  assert.equal((await post(PLAN, body)).json.ignored, undefined);
  const { ignored } = (await post(`${PLAN}?debug`, body)).json;
  assert.deepEqual(ignored.sort(), ["/context/mood", "/subject/properties/shoe"]);
});

test("a malformed plan request is refused where it is wrong", async (t) => {
  const { post } = await serve(t);
  const cases: [body: unknown, code: string, pointer: string][] = [
    [[], "wrong_type", ""],
    [{ ...WRITE, subject: undefined }, "missing_member", "/subject"],
    [{ ...WRITE, action: {} }, "missing_member", "/action/name"],
    [{ ...WRITE, resource: {} }, "missing_member", "/resource/type"],
    [{ ...WRITE, resource: { type: 7 } }, "wrong_type", "/resource/type"],
    [{ ...WRITE, approximate: 1 }, "wrong_type", "/approximate"],
  ];
  for (const [body, code, pointer] of cases) assertProblem(await post(PLAN, body), 400, code, { pointer });
  const empty = await post(PLAN, { ...WRITE, resource: { type: "" } });
  assert.deepEqual(
    [empty.status, empty.json.code, empty.json.pointer],
    [400, "member_empty", "/resource/type"],
  );
});

test("without what the plan depends on there is none", async (t) => {
  const { post } = await serve(t, {
    wrap: (decider) =>
      standIn(decider, {
        plan: async () => {
          throw new PlanUnavailable("`directory`: no answer", [], "start it");
        },
      }),
  });
  assertProblem(await post(PLAN, WRITE), 503, "source_unavailable", {});
});
