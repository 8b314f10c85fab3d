export type { StoreErrorCode } from "./errors.js";
export { StoreError } from "./errors.js";
export { openStore } from "./sqlite/sqlite-store.js";
export type * from "./store.js";
