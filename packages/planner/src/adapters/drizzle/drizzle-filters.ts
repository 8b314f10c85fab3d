import type { AnySchema, FiltersOf, SchemaShape } from "@cordon/engine/typed";
import type { Column, SQL, sql } from "drizzle-orm";
import {
  type Chunks,
  chunksFor,
  columnsFor,
  type DatabaseOptions,
  type FilterPlanner,
  PlanFilters,
  type SqlFilterOptions,
} from "../filters/index.js";

export interface DrizzleOptions extends DatabaseOptions {
  /** Drizzle's own `sql`, as the application imports it: filters are made of it. */
  readonly sql: typeof sql;
}

export type DrizzleFilters<S extends SchemaShape = AnySchema> = FiltersOf<
  S,
  SQL<boolean>,
  DrizzleRows,
  SqlFilterOptions
>;

/** What may be read of a table: which rows, and which columns of them. */
export interface DrizzleRows {
  readonly where: SQL<boolean>;
  /**
   * For `select`: of these columns, as `getTableColumns` has them, the id and those of attributes. Where a row doesn't
   * show one, its mask stands in its place, or NULL; what no row shows is left out.
   */
  columns<T extends Record<string, Column>>(table: T): ShownColumns<T>;
}

export type ShownColumns<T extends Record<string, Column>> = {
  [Name in keyof T]: SQL.Aliased<T[Name]["_"]["data"] | null | undefined>;
};

/**
 * Filters for Drizzle: `db.select().from(tickets).where(await filters.filter(user, "ticket:read", "Ticket"))`.
 * A filter is SQL like any other, good for `and`, `or` and any query that has the table.
 *
 * @param planner a decider that plans, in this process or elsewhere
 */
export function drizzleFilters<S extends SchemaShape = AnySchema>(
  planner: FilterPlanner,
  { sql, ...database }: DrizzleOptions,
): DrizzleFilters<S> {
  const chunksOf = chunksFor(database);
  const columnsOf = columnsFor(database);
  // A list would otherwise be written out as several parameters.
  const written = (chunks: Chunks) =>
    sql.join(
      chunks.map((chunk) =>
        typeof chunk === "string" ? sql.raw(chunk) : sql`${sql.param(chunk.parameter)}`,
      ),
    );
  const condition = (chunks: Chunks) => written(chunks).mapWith(Boolean);
  const filters = new PlanFilters<SQL<boolean>, DrizzleRows, SqlFilterOptions>(planner, {
    filter: (plan, options) => condition(chunksOf(plan, options)),
    rows: (plan, options) => {
      const selected = new Map(columnsOf(plan, options).map(({ name, chunks }) => [name, chunks]));
      const columns = <T extends Record<string, Column>>(table: T) => {
        const shown = Object.entries(table).flatMap(([key, column]) => {
          const chunks = selected.get(column.name);
          return chunks === undefined ? [] : [[key, written(chunks).mapWith(column).as(key)] as const];
        });
        return Object.fromEntries(shown) as unknown as ShownColumns<T>;
      };
      return { where: condition(chunksOf(plan.rows, options)), columns };
    },
  });
  return filters as unknown as DrizzleFilters<S>;
}
