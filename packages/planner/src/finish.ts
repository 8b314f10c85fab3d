/** What is needed of a plan to know whether its rows must be decided. */
interface Planned {
  readonly outcome: "always" | "never" | "when";
  readonly exact: boolean;
}

/**
 * The rows of a plan that count. Those of an exact plan all do; of one that leaves something open, each must be
 * decided: by `decideMany` of a decider, for instance. Rows keep their order.
 *
 * @param decide for each row whether it is allowed: as many answers as rows
 */
export async function finishRows<Row>(
  plan: Planned,
  rows: readonly Row[],
  decide: (rows: readonly Row[]) => Promise<readonly boolean[]> | readonly boolean[],
): Promise<Row[]> {
  if (plan.outcome === "never" || rows.length === 0) return [];
  if (plan.exact) return [...rows];
  const allowed = await decide(rows);
  if (allowed.length !== rows.length) {
    throw new Error(`${rows.length} rows were to be decided, and ${allowed.length} answers came`);
  }
  return rows.filter((_, index) => allowed[index] === true);
}
