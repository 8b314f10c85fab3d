import type { RunResult } from "../../policy-tests/index.js";

/** Of each policy, how many cases of a run had an answer that it determined. */
export function testsByPolicy({ files }: RunResult): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { cases } of files) {
    for (const { answer } of cases) {
      if (!("decision" in answer)) continue;
      for (const { id } of answer.decision.policies) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}
