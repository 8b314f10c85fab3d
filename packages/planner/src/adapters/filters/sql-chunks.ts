import type { EntityMapping } from "../../mapping/index.js";
import type { RowPredicate } from "../../predicate/index.js";
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

export interface SqlFilterOptions extends FilterOptions {
  /** The name that the row's table goes by in the query; by default, the table's own. */
  readonly alias?: string;
}

/** SQL as text and parameters, for builders that number parameters themselves. */
export type Chunks = SqlFilter["chunks"];

/** Compiles plans to conditions. In parentheses: they may stand anywhere. */
export function chunksFor(
  database: DatabaseOptions,
): (plan: CheckedPlan, options: SqlFilterOptions) => Chunks {
  const compile = compilerFor(database);
  return (plan, options) => {
    if (plan.outcome !== "when") return [plan.outcome === "always" ? "TRUE" : "FALSE"];
    return compile(plan, options);
  };
}

export function compilerFor({
  dialect,
  mappings,
  staticTypes = [],
}: DatabaseOptions): (
  plan: CheckedPlan & { outcome: "when"; predicate: RowPredicate },
  options: SqlFilterOptions,
) => Chunks {
  const all = [...mappings];
  const types = new Set(staticTypes);
  return (plan, { alias, approximate }) => {
    const { chunks } = blaming(plan, (predicate) =>
      compileSql(predicate, {
        dialect,
        mappings: all,
        alias,
        approximate,
        isStatic: (type) => types.has(type),
      }),
    );
    return ["(", ...chunks, ")"];
  };
}

export function quoteName(name: string, dialect: DialectName): string {
  return dialect === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}
