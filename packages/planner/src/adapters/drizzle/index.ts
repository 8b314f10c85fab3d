export type { SqlFilterOptions } from "../filters/index.js";
export { type DrizzleFilters, type DrizzleOptions, drizzleFilters } from "./drizzle-filters.js";
