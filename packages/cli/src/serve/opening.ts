import { openProject, openStore, type ProjectDecider, type Store } from "@cordon/pdp";
import type { Logger } from "pino";
import { storePath } from "../project/settings.js";

export type LogMode = "durable" | "buffered" | "off";

/** A project and its store, opened for serving. */
export interface Serving {
  decider: ProjectDecider;
  /** Has the API keys, also where no decision is logged. */
  store: Store;
  close(): Promise<void>;
}

/** Opens a project with the decision log that its settings say, or that `logMode` says instead. */
export async function openServing(
  folder: string,
  logMode: LogMode | undefined,
  watching: { watch: boolean; logger: Logger },
): Promise<Serving> {
  const decider = await openProject(folder, { ...watching, ...(logMode === undefined ? {} : { logMode }) });
  if (decider.store !== null) return { decider, store: decider.store, close: () => decider.close() };
  try {
    const store = await openStore(storePath(folder, decider.settings));
    return { decider, store, close: () => closeAll(decider, store) };
  } catch (error) {
    await decider.close();
    throw error;
  }
}

/** The decider first: it finishes what it is writing. */
async function closeAll(decider: ProjectDecider, store: Store): Promise<void> {
  try {
    await decider.close();
  } finally {
    await store.close();
  }
}
