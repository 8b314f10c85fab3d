export { type CheckedPlan, type FilterOptions, PlanFilters } from "./plan-filters.js";
export { type Chunks, chunksFor, type DatabaseOptions, type SqlFilterOptions } from "./sql-chunks.js";
