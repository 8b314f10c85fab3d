import assert from "node:assert/strict";
import type { AuthorizationAnswer, AuthorizationCall } from "@cordon/cedar";
import { isAuthorizedOnEach } from "@cordon/cedar/internal";
import type { Path } from "@cordon/engine";
import { assertSameAnswer, withCall } from "./compare.js";

/** Every way in which the engine evaluates. */
export const PATHS: readonly Path[] = ["reference", "closures", "generated"];

/**
 * Compares calls on every path with the expected answers, and counts what really evaluated each: a path that quietly
 * falls back to another would prove nothing.
 */
export class PathComparison {
  readonly ran = new Map<Path, number>(PATHS.map((path) => [path, 0]));
  /** Calls that both sides refuse before any policy is evaluated. */
  refused = 0;

  compare(call: AuthorizationCall, expected: AuthorizationAnswer): void {
    withCall(call, () => {
      for (const [index, { answer, ran }] of isAuthorizedOnEach(call, PATHS).entries()) {
        try {
          assertSameAnswer(answer, expected);
        } catch (error) {
          throw new Error(`by ${ran ?? "no path"}: ${error instanceof Error ? error.message : error}`, {
            cause: error,
          });
        }
        if (ran === null) continue;
        assert.equal(ran, PATHS[index], "what was asked for is not what evaluated the call");
        this.ran.set(ran, (this.ran.get(ran) ?? 0) + 1);
      }
      if (expected.type === "failure") this.refused += 1;
    });
  }

  /** Fails unless each path evaluated every one of these cases but those that are refused. */
  assertEachRan(cases: number): void {
    for (const path of PATHS) assert.equal(this.ran.get(path), cases - this.refused, path);
    assert.ok(cases > this.refused, "no case was evaluated at all");
  }

  toString(): string {
    return [...this.ran].map(([path, times]) => `${path} ${times}`).join(", ");
  }
}
