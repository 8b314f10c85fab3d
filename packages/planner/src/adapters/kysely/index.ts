export type { DatabaseOptions, SqlFilterOptions } from "../filters/index.js";
export { type AliasedColumn, type KyselyFilters, type KyselyRows, kyselyFilters } from "./kysely-filters.js";
