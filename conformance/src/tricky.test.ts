import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorized } from "@cordon/cedar";
import { assertSameAnswer } from "./compare.js";
import { officialAnswer } from "./official.js";
import { shapedCalls } from "./shaped-calls.js";
import { type TrickyCall, trickyCalls } from "./tricky-calls.js";

/** All of them, so that one run shows every difference. */
function differences(calls: readonly TrickyCall[]): string[] {
  return calls.flatMap(({ name, call }) => {
    const expected = outcome(() => officialAnswer(call));
    const actual = outcome(() => isAuthorized(call));
    try {
      if (typeof expected === "string" || typeof actual === "string") assert.equal(actual, expected);
      else assertSameAnswer(actual, expected);
      return [];
    } catch (error) {
      return [`${name}\n${error instanceof Error ? error.message : error}`];
    }
  });
}

function outcome<Answer>(ask: () => Answer): Answer | string {
  try {
    return ask();
  } catch (error) {
    return error instanceof Error ? `throws ${error.message}` : String(error);
  }
}

test("tricky calls are answered as cedar-wasm answers them", () => {
  assert.deepEqual(differences(trickyCalls()), []);
});

test("every way to write a call, right or wrong, is understood as cedar-wasm understands it", () => {
  assert.deepEqual(differences(shapedCalls()), []);
});
