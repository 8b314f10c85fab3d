import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorized } from "@cordon/cedar";
import fc from "fast-check";
import { assertSameAnswer, withCall } from "./compare.js";
import { callInShape, SHAPES } from "./generate/reshape.js";
import { callOf } from "./generate/world.js";
import { officialAnswer, officialAnswers } from "./official.js";
import { PathComparison } from "./paths.js";
import { projectAnswers } from "./project.js";
import { runSettings, shrinkingInTime, worlds } from "./run.js";

const REQUESTS_PER_WORLD = 20;

test("every way to write a call is answered as cedar-wasm answers it, in the same words", (context) => {
  const { cases, seed } = runSettings(400);
  context.diagnostic(`seed ${seed}`);
  const paths = new PathComparison();
  let compared = 0;
  const property = fc.property(
    worlds(1),
    fc.constantFrom(...SHAPES),
    shrinkingInTime((world, shape) => {
      for (const request of world.requests) {
        const call = callInShape(world, request, shape);
        const expected = officialAnswer(call);
        paths.compare(call, expected);
        withCall(call, () => assertSameAnswer(isAuthorized(call), expected));
        compared += 1;
      }
    }),
  );
  fc.assert(property, { seed, numRuns: Math.min(cases, 20_000) });
  paths.assertEachRan(compared);
});

test("a project with the same content decides, and explains, as cedar-wasm does", (context) => {
  const { cases, seed } = runSettings(4_000);
  context.diagnostic(`seed ${seed}`);
  let answered = 0;
  const property = fc.property(
    worlds(REQUESTS_PER_WORLD),
    shrinkingInTime((world) => {
      // Only what is well-formed reaches a project's engine; and unvalidated requests never do.
      if (world.fault) return;
      const calls = world.requests.map((request) => callOf(world, request));
      const expected = officialAnswers(calls);
      // Entities that happen to form a cycle are refused without a planted fault; the calls above compare that.
      if (expected.every(({ type }) => type === "failure")) return;
      for (const [index, { answer, explained }] of projectAnswers(world).entries()) {
        const [call, official] = [calls[index], expected[index]];
        assert.ok(call && official);
        withCall(call, () => {
          assertSameAnswer(answer, official);
          assertSameAnswer(explained, official);
        });
        answered += 1;
      }
    }),
  );
  fc.assert(property, { seed, numRuns: Math.ceil(Math.min(cases, 100_000) / REQUESTS_PER_WORLD) });
  assert.ok(answered > cases / 2, `only ${answered} of ${cases} requests were well-formed`);
});
