import { StoreError } from "./errors.js";
import type { OpenStoreOptions, Store } from "./store.js";

export type { StoreErrorCode } from "./errors.js";
export { StoreError } from "./errors.js";
export type * from "./store.js";

/** Opens the embedded store: one SQLite file. */
export async function openStore(_options: string | OpenStoreOptions): Promise<Store> {
  throw new StoreError("store_unavailable", "the store is not built yet");
}
