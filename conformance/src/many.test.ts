import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorizedOnEach } from "@cordon/cedar/internal";
import fc from "fast-check";
import { assertSameAnswer, withCall } from "./compare.js";
import { Choices } from "./generate/choices.js";
import { genPolicies } from "./generate/policies.js";
import { genVocabulary } from "./generate/types.js";
import { callOf, genWorld, type World } from "./generate/world.js";
import { officialAnswers } from "./official.js";
import { PATHS } from "./paths.js";
import { runSettings, shrinkingInTime, supplies } from "./run.js";

const REQUESTS_PER_WORLD = 20;
/** More than are gone through one by one for a kind of request, so that the index finds those that apply. */
const LEAST_POLICIES = 70;

/** A world with the policies of many others about the same things. */
function crowded(supply: number[], others: readonly number[][]): World {
  const world = genWorld(new Choices(supply), REQUESTS_PER_WORLD);
  // The vocabulary is what a world draws first, so the same supply makes the same one.
  const vocabulary = genVocabulary(new Choices(supply));
  for (const other of others) {
    const choices = new Choices(other);
    while (world.policies.staticPolicies.length < LEAST_POLICIES * 2 && !choices.isUsedUp)
      world.policies.staticPolicies.push(...genPolicies(choices, vocabulary).staticPolicies);
  }
  return world;
}

test("among many policies, too, each path finds and evaluates those that apply", (context) => {
  const { cases, seed } = runSettings(1_200);
  context.diagnostic(`seed ${seed}`);
  let [large, compared] = [0, 0];
  const property = fc.property(
    supplies(1500),
    fc.array(supplies(2000), { minLength: 3, maxLength: 3, size: "max" }),
    shrinkingInTime((supply, others) => {
      const world = crowded(supply, others);
      if (world.policies.staticPolicies.length >= LEAST_POLICIES) large += 1;
      const calls = world.requests.map((request) => callOf(world, request));
      for (const [index, expected] of officialAnswers(calls).entries()) {
        const call = calls[index];
        assert.ok(call);
        withCall(call, () => {
          for (const { answer, ran } of isAuthorizedOnEach(call, PATHS)) {
            assertSameAnswer(answer, expected);
            if (ran !== null) compared += 1;
          }
        });
      }
    }),
  );
  const numRuns = Math.ceil(Math.min(cases, 20_000) / REQUESTS_PER_WORLD);
  fc.assert(property, { seed, numRuns });
  context.diagnostic(`${compared} answers, ${large} worlds with ${LEAST_POLICIES} policies or more`);
  assert.ok(large > numRuns / 4, `only ${large} of ${numRuns} worlds have many policies`);
});
