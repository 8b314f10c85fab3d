import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callOf } from "./generate/world.js";
import { officialAnswers } from "./official.js";
import { PathComparison } from "./paths.js";
import { runSettings, shrinkingInTime, worlds } from "./run.js";
import { RunStatistics } from "./statistics.js";

/** Few: other worlds find more than other requests in the same one. */
const REQUESTS_PER_WORLD = 10;

test("every path answers generated calls as cedar-wasm does", (context) => {
  const { cases, seed } = runSettings(12_000);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed} CORDON_RUNS=${cases}`);
  const statistics = new RunStatistics();
  const paths = new PathComparison();
  const property = fc.property(
    worlds(REQUESTS_PER_WORLD),
    shrinkingInTime((world) => {
      const calls = world.requests.map((request) => callOf(world, request));
      const expected = officialAnswers(calls);
      statistics.addWorld(world);
      for (const [index, call] of calls.entries()) {
        const answer = expected[index];
        assert.ok(answer);
        statistics.addAnswer(answer);
        paths.compare(call, answer);
      }
    }),
  );
  fc.assert(property, { seed, numRuns: Math.ceil(cases / REQUESTS_PER_WORLD) });
  context.diagnostic(`${statistics}; by path: ${paths}`);
  paths.assertEachRan(statistics.cases);
  assertVaried(statistics);
});

/** Agreement on cases that are all alike would prove nothing. */
function assertVaried(statistics: RunStatistics): void {
  if (statistics.cases < 10_000) return;
  assert.deepEqual(statistics.unseenOperators(), []);
  const least = { allows: 0.15, denies: 0.15, withErrors: 0.05, failures: 0.01 } as const;
  for (const part of ["allows", "denies", "withErrors", "failures"] as const) {
    const share = statistics.share(part);
    assert.ok(share >= least[part], `${part}: ${share} of the cases, too few to mean anything`);
  }
}
