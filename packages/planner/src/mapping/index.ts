export { PlanError } from "../plan-error.js";
export { COLUMN_STORAGES, ID_STORAGES, parseMappings } from "./parse-mapping.js";
export * from "./types.js";
