import type { Expectation } from "./format.js";
import type { Answered, Difference } from "./types.js";

/** In which respects an answer is not what was expected; none for a case that passes. */
export function judge(expected: Expectation, answer: Answered): Difference[] {
  if ("refused" in answer) {
    const { code, message } = answer.refused;
    if (expected.error === code) return [];
    const wanted = expected.error ?? expected.decision ?? "";
    return [{ what: "error", expected: wanted, actual: `${code}: ${message}` }];
  }
  const { decision } = answer;
  if (expected.error !== undefined) {
    return [{ what: "error", expected: expected.error, actual: decision.decision }];
  }
  const differences: Difference[] = [];
  if (decision.decision !== expected.decision) {
    differences.push({ what: "decision", expected: expected.decision ?? "", actual: decision.decision });
  }
  if (expected.reason !== undefined && expected.reason !== decision.reason.code) {
    differences.push({ what: "reason", expected: expected.reason, actual: decision.reason.code });
  }
  const lists = {
    policies: decision.policies.map(({ id }) => id),
    obligations: decision.obligations.map(({ id }) => id),
    errors: decision.errors.map(({ policyId }) => policyId),
    ignored: decision.ignored,
  } as const;
  for (const what of ["policies", "obligations", "errors", "ignored"] as const) {
    // What nobody thought of must not be there; which policies decide is only asked where a test says so.
    const wanted = expected[what] ?? (what === "errors" || what === "ignored" ? [] : undefined);
    if (wanted === undefined || sameNames(wanted, lists[what])) continue;
    differences.push({ what, expected: wanted, actual: lists[what] });
  }
  return differences;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((name) => right.has(name));
}
