import type { ComparisonOperator } from "../predicate/index.js";
import type { Dialect } from "./dialect.js";
import { bound, FALSE, type Sql, sql } from "./fragment.js";

/** Milliseconds since 1970 that a database's timestamps can tell: from `first` on, before `end`. */
export interface TimestampRange {
  readonly first: bigint;
  readonly end: bigint;
}

/**
 * A timestamp finer than milliseconds counts as the millisecond that it is in, so `==` is a range. Only bounds
 * are compared, so that an index on the column serves.
 */
export function compareTimestamp(
  operator: ComparisonOperator,
  column: Sql,
  form: "timestamptz" | "timestamp",
  milliseconds: bigint,
  { timestamps }: Dialect,
): Sql {
  const present = sql`${column} IS NOT NULL`;
  const before = (ms: bigint): Sql => {
    if (ms <= timestamps.first) return FALSE;
    return ms >= timestamps.end ? present : sql`${column} < ${bound(form, timestampText(ms, form))}`;
  };
  const from = (ms: bigint): Sql => {
    if (ms <= timestamps.first) return present;
    return ms >= timestamps.end ? FALSE : sql`${column} >= ${bound(form, timestampText(ms, form))}`;
  };
  const next = milliseconds + 1n;
  switch (operator) {
    case "==":
      return sql`(${from(milliseconds)} AND ${before(next)})`;
    case "!=":
      return sql`(${before(milliseconds)} OR ${from(next)})`;
    case "<":
      return before(milliseconds);
    case "<=":
      return before(next);
    case ">":
      return from(next);
    case ">=":
      return from(milliseconds);
  }
}

/** As PostgreSQL and MySQL read it, in UTC. */
function timestampText(milliseconds: bigint, form: "timestamptz" | "timestamp"): string {
  const date = new Date(Number(milliseconds));
  const year = date.getUTCFullYear();
  const rest = date.toISOString().slice(-20, -1).replace("T", " ");
  const era = year <= 0 && form === "timestamptz" ? " BC" : "";
  const shown = era === "" ? year : 1 - year;
  return `${String(shown).padStart(4, "0")}${rest}${form === "timestamptz" ? "+00" : ""}${era}`;
}
