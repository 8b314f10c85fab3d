import {
  type DecisionLog,
  openProject,
  openStore,
  type ProjectDecider,
  type Settings,
  type Store,
} from "@cordon/pdp";
import type { Logger } from "pino";
import { projectSettings, storePath } from "../project/settings.js";

export type LogMode = "durable" | "buffered" | "off";

/** A project and its store, opened for serving. */
export interface Serving {
  decider: ProjectDecider;
  /** Has the API keys, also where no decision is logged. */
  store: Store;
  close(): Promise<void>;
}

interface Watching {
  watch: boolean;
  logger: Logger;
}

/** Opens a project with the decision log that its settings say, or that `mode` says instead. */
export function openServing(folder: string, mode: LogMode | undefined, watching: Watching): Promise<Serving> {
  return mode === undefined ? openAsSet(folder, watching) : openWithMode(folder, mode, watching);
}

async function openAsSet(folder: string, watching: Watching): Promise<Serving> {
  const decider = await openProject(folder, watching);
  if (decider.store !== null) return { decider, store: decider.store, close: () => decider.close() };
  return closingOnFailure(decider, async () => {
    const store = await openStore(storePath(folder, decider.settings));
    return { decider, store, close: () => closeAll(decider, store) };
  });
}

async function openWithMode(folder: string, mode: LogMode, watching: Watching): Promise<Serving> {
  const settings = await projectSettings(folder);
  const store = await openStore(storePath(folder, settings));
  return closingOnFailure(store, async () => {
    const log = mode === "off" ? (false as const) : await openLog(store, settings, mode);
    const decider = await openProject(folder, { store, log, ...watching });
    return { decider, store, close: () => closeAll(decider, store) };
  });
}

function openLog(store: Store, { log }: Settings, mode: "durable" | "buffered"): Promise<DecisionLog> {
  const { maxAge, maxSize } = log.retention;
  return store.decisions({
    mode,
    redact: log.redact,
    ...(log.queue === undefined ? {} : { queueLimit: log.queue }),
    retention: {
      ...(maxAge === undefined ? {} : { maxAgeDays: maxAge }),
      ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
    },
  });
}

/** The decider first: it finishes what it is writing. The store closes its logs. */
async function closeAll(decider: ProjectDecider, store: Store): Promise<void> {
  try {
    await decider.close();
  } finally {
    await store.close();
  }
}

async function closingOnFailure<T>(opened: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await opened.close();
    throw error;
  }
}
