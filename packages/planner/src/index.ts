export * from "./mapping/index.js";
export { PlanError, type PlanErrorCode, type PlanErrorOptions } from "./plan-error.js";
