import type { RunResult } from "../../policy-tests/index.js";

/** Of each policy, how many tests of a run it decides: cases whose answer it determined, and matrices with one such cell. */
export function testsByPolicy({ files }: RunResult): Record<string, number> {
  const counts = new Map<string, number>();
  const count = (ids: Iterable<string>) => {
    for (const id of new Set(ids)) counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  for (const { cases, matrices } of files) {
    for (const { answer } of cases) {
      if ("decision" in answer) count(answer.decision.policies.map(({ id }) => id));
    }
    for (const { matrix, grid } of matrices) {
      // One that is only drawn expects nothing.
      if (matrix.snapshot === null) continue;
      const decided = grid.filter(({ mark }) => mark === "allow" || mark === "forbid");
      count(decided.flatMap(({ why }) => why.split(", ")));
    }
  }
  return Object.fromEntries(counts);
}
