import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionRequest, RequestError } from "@cordon/engine";
import fc from "fast-check";
import { openOffice } from "../testing-internal/office.js";
import { OFFICE } from "../testing-internal/temp-project.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 1_000_000);
const numRuns = Number(process.env.CORDON_RUNS ?? 2_000);

/** Anything a caller may hand over: every JavaScript value, and often what is nearly right. */
const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true });
const names = fc.constantFrom(
  "age",
  "level",
  "home",
  "names",
  "address",
  "boss",
  "now",
  "action",
  "__proto__",
  "constructor",
);
const plausible = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.constantFrom(null, true, "1.5", "10.0.0.1", "2026-01-01", { city: "Ulm" }, ["a"], {
    type: "User",
    id: "ann",
  }),
);
const members = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: fc.dictionary(names, anything, { maxKeys: 2 }) },
  { weight: 4, arbitrary: fc.dictionary(fc.oneof(names, fc.string()), plausible, { maxKeys: 2 }) },
  { weight: 4, arbitrary: fc.constant(undefined) },
);
const entity = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 6, arbitrary: fc.constantFrom('User::"ann"', 'Doc::"plan"', "User::ann", 'Robot::"r"') },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom("User", "Doc", "Any"),
      id: fc.string(),
      properties: members,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: anything, id: anything, properties: members }) },
);
const action = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 6, arbitrary: fc.constantFrom("read", "pay", "open", 'Action::"read"', 'Action::"') },
  { weight: 6, arbitrary: fc.record({ name: fc.constantFrom("read", "pay", ""), properties: members }) },
);
const request = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 20, arbitrary: fc.record({ principal: entity, action, resource: entity, context: members }) },
);

for (const [name, files] of [
  ["with a schema", OFFICE],
  ["without one", { "a.cedar": OFFICE["policies/office.cedar"] ?? "" }],
] as const) {
  test(`whatever is asked ${name}, the answer is a decision or names what is malformed (seed ${seed})`, async (t) => {
    const decider = await openOffice(t, files);
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const [item] = await decider.decideMany([asked as DecisionRequest]);
        try {
          const answer = await decider.decide(asked as DecisionRequest);
          decided++;
          assert.ok(item !== undefined && "decision" in item && item.decision === answer.decision);
          // An allow never comes of something that is not wholly understood.
          if (answer.decision === "allow")
            assert.ok(answer.policies.length > 0 && answer.bundleId === decider.bundle.id);
        } catch (error) {
          assert.ok(error instanceof RequestError, String(error));
          assert.match(error.path, /^(\/(principal|action|resource|context)(\/.*)?)?$/su);
          assert.ok(item !== undefined && "error" in item && item.error.code === error.code);
        }
      }),
      { seed, numRuns },
    );
    assert.ok(decided > numRuns / 20, `${decided} decided`);
  });
}
