export type { StoreErrorCode } from "../store-error.js";
export { StoreError } from "../store-error.js";
export { openStore } from "./sqlite/sqlite-store.js";
export type * from "./store.js";
