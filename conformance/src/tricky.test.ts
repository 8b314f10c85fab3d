import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuthorizationAnswer, type AuthorizationCall, isAuthorized } from "@cordon/cedar";
import { isAuthorizedOnEach } from "@cordon/cedar/internal";
import type { Path } from "@cordon/engine";
import { assertSameAnswer } from "./compare.js";
import { officialAnswer } from "./official.js";
import { PATHS } from "./paths.js";
import { shapedCalls } from "./shaped-calls.js";
import { type TrickyCall, trickyCalls } from "./tricky-calls.js";

/** All of them, so that one run shows every difference: of the drop-in and of each path alone. */
function differences(calls: readonly TrickyCall[]): string[] {
  return calls.flatMap(({ name, call }) => {
    const expected = outcome(() => officialAnswer(call));
    const ways = [
      { way: "drop-in", ask: () => isAuthorized(call) },
      ...PATHS.map((path) => ({ way: path, ask: () => onPath(call, path) })),
    ];
    return ways.flatMap(({ way, ask }) => {
      const actual = outcome(ask);
      try {
        if (typeof expected === "string" || typeof actual === "string") assert.equal(actual, expected);
        else assertSameAnswer(actual, expected);
        return [];
      } catch (error) {
        return [`${name}, ${way}\n${error instanceof Error ? error.message : error}`];
      }
    });
  });
}

function onPath(call: AuthorizationCall, path: Path): AuthorizationAnswer {
  const [only] = isAuthorizedOnEach(call, [path]);
  assert.ok(only);
  // Null: refused by Cedar before there is anything to evaluate.
  assert.ok(only.ran === path || only.ran === null, `${path} was asked for, ${only.ran} evaluated`);
  return only.answer;
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
