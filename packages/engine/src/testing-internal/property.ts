import type { TestContext } from "node:test";
import fc from "fast-check";

/** Checks a property with a printed seed; `CORDON_SEED` repeats a run, `CORDON_RUNS` scales it. */
export function checkProperty<T extends [unknown, ...unknown[]]>(
  t: TestContext,
  property: fc.IProperty<T>,
  runs = 500,
): void {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const numRuns = Number(process.env.CORDON_RUNS ?? runs);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${numRuns}`);
  fc.assert(property, { seed, numRuns });
}
