import type { Bundle } from "@cordon/engine";
import { type Store, StoreError } from "../store/index.js";
import { ProjectError } from "./project-error.js";

/** Keeps a bundle before any decision names it, so that each of them can be replayed. */
export async function saveBundle(store: Store | null, bundle: Bundle): Promise<void> {
  try {
    await store?.saveBundle(bundle);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new ProjectError(
      "store_unavailable",
      `the bundle can't be kept in the decision store: ${error.message}`,
      error.help ?? "let this user write the store",
      { cause: error },
    );
  }
}
