export { columnsFor, type SelectedColumn } from "./columns.js";
export {
  blaming,
  type CheckedFieldPlan,
  type CheckedPlan,
  type FilterOptions,
  type FilterPlanner,
  PlanFilters,
} from "./plan-filters.js";
export { type Chunks, chunksFor, type DatabaseOptions, type SqlFilterOptions } from "./sql-chunks.js";
