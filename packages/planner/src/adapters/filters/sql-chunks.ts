import type { DecideOptions } from "@cordon/engine";
import type { EntityMapping } from "../../mapping/index.js";
import { compileSql, type DialectName, type SqlFilter } from "../../sql/index.js";
import { blaming, type CheckedPlan, type FilterOptions } from "./plan-filters.js";

/** The database that filters are for. */
export interface DatabaseOptions {
  readonly dialect: DialectName;
  /** Where entities lie: from `parseMappings`. */
  readonly mappings: Iterable<EntityMapping>;
  /** Types whose entities are in no table: where they are, plans say already. */
  readonly staticTypes?: Iterable<string>;
}

export interface SqlFilterOptions extends FilterOptions, DecideOptions {
  /** The name that the row's table goes by in the query; by default, the table's own. */
  readonly alias?: string;
}

export type Chunks = SqlFilter["chunks"];

/** Compiles plans to SQL for builders that number parameters themselves. In parentheses: it may stand anywhere. */
export function chunksFor(
  database: DatabaseOptions,
): (plan: CheckedPlan, options: SqlFilterOptions) => Chunks {
  const mappings = [...database.mappings];
  const staticTypes = new Set(database.staticTypes);
  return (plan, { alias, approximate }) => {
    if (plan.outcome !== "when") return [plan.outcome === "always" ? "TRUE" : "FALSE"];
    const { chunks } = blaming(plan, (predicate) =>
      compileSql(predicate, {
        dialect: database.dialect,
        mappings,
        alias,
        approximate,
        isStatic: (type) => staticTypes.has(type),
      }),
    );
    return ["(", ...chunks, ")"];
  };
}
