import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuthorizationCall, isAuthorized } from "@cordon/cedar";
import { stringifyLossless } from "@cordon/cedar/internal";
import fc from "fast-check";
import { assertSameAnswer } from "./compare.js";
import { callInShape, SHAPES } from "./generate/reshape.js";
import { callOf } from "./generate/world.js";
import { officialAnswer, officialAnswers } from "./official.js";
import { projectAnswers } from "./project.js";
import { runSettings, worlds } from "./run.js";
import { RunStatistics } from "./statistics.js";

const REQUESTS_PER_WORLD = 20;

test("the drop-in answers generated calls as cedar-wasm does", (context) => {
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
      withCall(call, () => assertSameAnswer(isAuthorized(call), answer));
    }
  });
  fc.assert(property, { seed, numRuns: Math.ceil(cases / REQUESTS_PER_WORLD) });
  context.diagnostic(statistics.toString());
  assertVaried(statistics);
});

test("so it does in every way to write a call, with warnings and failures in the same words", (context) => {
  const { cases, seed } = runSettings(400);
  context.diagnostic(`seed ${seed}`);
  const property = fc.property(worlds(1), fc.constantFrom(...SHAPES), (world, shape) => {
    for (const request of world.requests) {
      const call = callInShape(world, request, shape);
      withCall(call, () => assertSameAnswer(isAuthorized(call), officialAnswer(call)));
    }
  });
  fc.assert(property, { seed, numRuns: Math.min(cases, 20_000) });
});

test("a project with the same content decides, and explains, as cedar-wasm does", (context) => {
  const { cases, seed } = runSettings(4_000);
  context.diagnostic(`seed ${seed}`);
  let answered = 0;
  const property = fc.property(worlds(REQUESTS_PER_WORLD), (world) => {
    // Only what is well-formed reaches a project's engine; and unvalidated requests never do.
    if (world.fault) return;
    const calls = world.requests.map((request) => callOf(world, request));
    const expected = officialAnswers(calls);
    for (const [index, { answer, explained }] of projectAnswers(world).entries()) {
      const [call, official] = [calls[index], expected[index]];
      assert.ok(call && official);
      withCall(call, () => {
        assertSameAnswer(answer, official);
        assertSameAnswer(explained, official);
      });
      answered += 1;
    }
  });
  fc.assert(property, { seed, numRuns: Math.ceil(Math.min(cases, 100_000) / REQUESTS_PER_WORLD) });
  assert.ok(answered > cases / 2, `only ${answered} of ${cases} requests were well-formed`);
});

/** Names the call in a failure, such that it can be replayed alone. */
function withCall(call: AuthorizationCall, check: () => void): void {
  try {
    check();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\ncall: ${stringifyLossless(call)}`, { cause: error });
  }
}

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
