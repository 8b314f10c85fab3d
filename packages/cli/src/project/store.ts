import { existsSync } from "node:fs";
import { openStore, type Store } from "@cordon/pdp";
import { findProject } from "./folder.js";
import { findStore } from "./settings.js";

/** Does `work` with the project's store, creating it where it is missing, and closes it. */
export async function withStore<T>(
  project: string | undefined,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore(await findStore(findProject(project)));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The project's store if it is there: looking must not create one. */
export async function openExistingStore(
  project: string | undefined,
): Promise<{ store: Store | undefined; path: string }> {
  const path = await findStore(findProject(project));
  return { store: existsSync(path) ? await openStore(path) : undefined, path };
}
