export type { SqlFilterOptions } from "../filters/index.js";
export {
  type DrizzleFilters,
  type DrizzleOptions,
  type DrizzleRows,
  drizzleFilters,
  type ShownColumns,
} from "./drizzle-filters.js";
