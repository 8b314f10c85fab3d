import assert from "node:assert/strict";
import { test } from "node:test";
import { type Decision, type DecisionRequest, RequestError } from "@cordon/engine";
import fc from "fast-check";
import { connect, DeciderUnavailable } from "./index.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.CORDON_RUNS ?? 2_000);

const request: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Ticket::"1"' };

const good = {
  decision: true,
  context: {
    id: "019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11",
    bundle: "b".repeat(64),
    reason: { code: "permitted", message: "a policy permits this" },
    policies: [{ id: "read", effect: "permit", reason: "agents read tickets" }],
    obligations: [{ id: "watermark", policy: "read" }],
    errors: [{ policy: "other", message: "integer overflow" }],
    ignored: ["/context/x"],
  },
};

/** A good answer in which one member, at any depth, is something else or gone. */
const damaged = fc
  .record({
    path: fc.array(fc.nat({ max: 8 }), { maxLength: 4 }),
    value: fc.option(fc.jsonValue(), { nil: undefined }),
  })
  .map(({ path, value }) => JSON.stringify(replaceAt(good, path, value)) ?? "");
const torn = fc
  .nat({ max: JSON.stringify(good).length })
  .map((length) => JSON.stringify(good).slice(0, length));
const body = fc.oneof({ weight: 5, arbitrary: damaged }, torn, fc.json(), fc.string());
const status = fc.oneof({ weight: 5, arbitrary: fc.constant(200) }, fc.integer({ min: 200, max: 599 }));

test(`no garbage is an allow (CORDON_SEED=${seed})`, async () => {
  let allowed = 0;
  const property = fc.asyncProperty(body, status, async (text, code) => {
    const decider = connect({ url: "http://pdp", fetch: async () => answer(text, code) });
    const outcome = await decider.decide(request).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      assert.ok(outcome instanceof DeciderUnavailable || outcome instanceof RequestError, outcome.stack);
      return;
    }
    const decision = outcome as Decision;
    assertComplete(decision);
    if (decision.decision !== "allow") return;
    allowed += 1;
    assert.equal(code, 200);
    const told = JSON.parse(text);
    assert.equal(told.decision, true);
    // An obligation that was sent is one that must be met.
    assert.equal(decision.obligations.length, told.context?.obligations?.length ?? 0);
  });
  await fc.assert(property, { seed, numRuns });
  // Otherwise the property would hold for a client that refuses everything.
  assert.ok(allowed > 0 || numRuns < 100);
});

function answer(text: string, code: number): Response {
  // These have no body, by their definition.
  return new Response([204, 205, 304].includes(code) ? null : text, { status: code });
}

function assertComplete(decision: Decision): void {
  assert.ok(decision.decision === "allow" || decision.decision === "deny");
  for (const text of [decision.id, decision.bundleId, decision.reason.code, decision.reason.message]) {
    assert.equal(typeof text, "string");
  }
  for (const { id, policyId } of decision.obligations)
    assert.equal(`${typeof id} ${typeof policyId}`, "string string");
  for (const { policyId, message } of decision.errors)
    assert.equal(`${typeof policyId} ${typeof message}`, "string string");
  for (const { id, effect } of decision.policies)
    assert.equal(`${typeof id} ${typeof effect}`, "string string");
  for (const pointer of decision.ignored) assert.equal(typeof pointer, "string");
}

/** `value` in the place that `path` leads to, each step taken modulo the members there are. */
function replaceAt(target: unknown, path: readonly number[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof target !== "object" || target === null) return value;
  const keys = Object.keys(target);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return value;
  const copy = structuredClone(target) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, value);
  return copy;
}
