export { COLUMN_STORAGES, ID_STORAGES, parseMappings } from "./parse-mapping.js";
export * from "./types.js";
