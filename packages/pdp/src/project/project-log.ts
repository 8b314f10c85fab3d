import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { DecisionLog } from "../log/index.js";
import { openStore, type Store, StoreError } from "../store/index.js";
import type { ProjectOptions } from "./project-decider.js";
import { ProjectError } from "./project-error.js";
import type { Settings } from "./settings.js";

/** Where the decisions of a project go, and how to let go of what was opened for that. */
export interface ProjectLog {
  readonly log: DecisionLog | null;
  readonly store: Store | null;
  close(): Promise<void>;
}

/**
 * Opens what the options and then the settings ask for.
 *
 * @throws ProjectError `store_unavailable`
 */
export async function openProjectLog(
  directory: string,
  settings: Settings,
  options: ProjectOptions,
): Promise<ProjectLog> {
  const given = options.store ?? null;
  if (options.log) {
    // The caller made the log, so the caller closes it; what was decided is on disk all the same.
    const { log } = options;
    return { log, store: given, close: () => log.flush() };
  }
  const mode = options.logMode ?? settings.log.mode;
  if (options.log === false || mode === "off") {
    return { log: null, store: given, close: async () => {} };
  }
  const path = resolve(directory, settings.store.path);
  await warnOfSwappedStore(directory, path, options);
  const store = given ?? (await orFail(path, () => openStore(path)));
  try {
    const log = await orFail(path, () => store.decisions({ ...logOptions(settings, options), mode }));
    const close = async () => {
      await log.close();
      if (given === null) await store.close();
    };
    return { log, store, close };
  } catch (error) {
    if (given === null) await store.close();
    throw error;
  }
}

/** A store below a symbolic link stays behind in the old folder when the link is swapped. */
async function warnOfSwappedStore(directory: string, path: string, options: ProjectOptions): Promise<void> {
  if (options.store !== undefined || !path.startsWith(`${directory}${sep}`)) return;
  if ((await realpath(directory)) === directory) return;
  options.logger?.warn(
    { store: path },
    "the decision store is below a symbolic link; set `store.path` in cordon.yaml to a folder that stays",
  );
}

function logOptions(
  { log }: Settings,
  { oneShot, logger }: ProjectOptions,
): Parameters<Store["decisions"]>[0] {
  const { maxAge, maxSize } = log.retention;
  return {
    redact: log.redact,
    thread: oneShot !== true,
    ...(logger === undefined ? {} : { logger }),
    ...(log.queue === undefined ? {} : { queueLimit: log.queue }),
    retention: {
      ...(maxAge === undefined ? {} : { maxAgeDays: maxAge }),
      ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
    },
  };
}

async function orFail<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const way = "or set `store: { path: … }` in cordon.yaml, or `log: { mode: off }` to decide without a log";
    throw new ProjectError(
      "store_unavailable",
      `the decision store \`${path}\` can't be opened: ${error.message}`,
      `${error.help ?? "let this user write the folder"}; ${way}`,
      { cause: error },
    );
  }
}
