import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionRequest, ReasonCode } from "@cordon/engine";
import { ANN_READS, openOffice } from "../testing-internal/office.js";

test("answers by static entities, the schema's actions and the caller's properties", async (t) => {
  const decider = await openOffice(t);
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

test("an answer carries reasons and obligations of the policies that determined it", async (t) => {
  const decider = await openOffice(t);
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

test("properties of one request are not seen by another", async (t) => {
  const decider = await openOffice(t);
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
  const decider = await openOffice(t);
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
  const decider = await openOffice(t);
  const { decision, explanation } = await decider.explain(ANN_READS);
  assert.equal(decision.decision, "allow");
  assert.equal(explanation.decision, "allow");
  assert.equal(explanation.policies[0]?.policyId, "owner-reads");
  const unknown = await decider.explain({ ...ANN_READS, action: "fly" });
  assert.deepEqual([unknown.decision.reason.code, unknown.explanation.policies], ["unknown_action", []]);
});
