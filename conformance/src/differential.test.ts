import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorized } from "@cordon/cedar";
import { stringifyLossless } from "@cordon/cedar/internal";
import fc from "fast-check";
import { assertSameAnswer } from "./compare.js";
import { callOf } from "./generate/world.js";
import { officialAnswer, officialAnswers } from "./official.js";
import { runSettings, worlds } from "./run.js";
import { RunStatistics } from "./statistics.js";

const REQUESTS_PER_WORLD = 20;

test("the drop-in answers generated calls as cedar-wasm does", { timeout: 0 }, (context) => {
  const { cases, seed } = runSettings(30_000);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed} CORDON_RUNS=${cases}`);
  const statistics = new RunStatistics();
  const property = fc.property(worlds(REQUESTS_PER_WORLD), (world) => {
    const calls = world.requests.map((request) => callOf(world, request));
    const expected = officialAnswers(calls);
    statistics.addWorld(world);
    for (const [index, call] of calls.entries()) {
      const answer = expected[index];
      assert.ok(answer);
      statistics.addAnswer(answer);
      try {
        assertSameAnswer(isAuthorized(call), answer);
      } catch (error) {
        throw new Error(
          `${error instanceof Error ? error.message : error}\ncall: ${stringifyLossless(call)}`,
          { cause: error },
        );
      }
    }
  });
  fc.assert(property, { seed, numRuns: Math.ceil(cases / REQUESTS_PER_WORLD) });
  context.diagnostic(statistics.toString());
  assertVaried(statistics);
});

test("so it does call by call, with warnings and failures in the same words", (context) => {
  const { cases, seed } = runSettings(1_000);
  context.diagnostic(`seed ${seed}`);
  const property = fc.property(worlds(1), (world) => {
    for (const request of world.requests) {
      const call = callOf(world, request);
      assertSameAnswer(isAuthorized(call), officialAnswer(call));
    }
  });
  fc.assert(property, { seed, numRuns: Math.min(cases, 20_000) });
});

/** Agreement on cases that are all alike would prove nothing. */
function assertVaried(statistics: RunStatistics): void {
  if (statistics.cases < 10_000) return;
  assert.deepEqual(statistics.unseenOperators(), []);
  for (const [part, least] of Object.entries({
    allows: 0.15,
    denies: 0.15,
    withErrors: 0.1,
    failures: 0.01,
  })) {
    const share = statistics.share(part as keyof typeof statistics & "allows");
    assert.ok(share >= least, `${part}: ${share} of the cases, too few to mean anything`);
  }
}
