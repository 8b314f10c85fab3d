import type { Planner } from "@cordon/engine";
import type { AnySchema, FiltersOf, SchemaShape } from "@cordon/engine/typed";
import type { SQL, sql } from "drizzle-orm";
import { chunksFor, type DatabaseOptions, PlanFilters, type SqlFilterOptions } from "../filters/index.js";

export interface DrizzleOptions extends DatabaseOptions {
  /** Drizzle's own `sql`, as the application imports it: filters are made of it. */
  readonly sql: typeof sql;
}

export type DrizzleFilters<S extends SchemaShape = AnySchema> = FiltersOf<S, SQL<boolean>, SqlFilterOptions>;

/**
 * Filters for Drizzle: `db.select().from(tickets).where(await filters.filter(user, "ticket:read", "Ticket"))`.
 * A filter is SQL like any other, good for `and`, `or` and any query that has the table.
 *
 * @param planner a decider that plans, in this process or elsewhere
 */
export function drizzleFilters<S extends SchemaShape = AnySchema>(
  planner: Planner,
  { sql, ...database }: DrizzleOptions,
): DrizzleFilters<S> {
  const chunksOf = chunksFor(database);
  const filters = new PlanFilters<SQL<boolean>, SqlFilterOptions>(planner, (plan, options) =>
    // A list would otherwise be written out as several parameters.
    sql
      .join(
        chunksOf(plan, options).map((chunk) =>
          typeof chunk === "string" ? sql.raw(chunk) : sql`${sql.param(chunk.parameter)}`,
        ),
      )
      .mapWith(Boolean),
  );
  return filters as unknown as DrizzleFilters<S>;
}
