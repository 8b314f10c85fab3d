export { finishRows } from "./finish.js";
export * from "./javascript/index.js";
export * from "./mapping/index.js";
export { PlanError, type PlanErrorCode, type PlanErrorOptions } from "./plan-error.js";
export * from "./predicate/index.js";
export * from "./sql/index.js";
export * from "./translate/index.js";
