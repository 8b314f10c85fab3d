export type { DatabaseOptions, SqlFilterOptions } from "../filters/index.js";
export { type KyselyFilters, kyselyFilters } from "./kysely-filters.js";
