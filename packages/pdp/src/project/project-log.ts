import { realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
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
  const path = await lastingPath(directory, resolve(directory, settings.store.path), options);
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

/**
 * A store below a symbolic link is opened where the link leads now: when the link is swapped, the log goes
 * on in the folder it began in, instead of being lost from under its path and every request denied.
 */
async function lastingPath(directory: string, path: string, options: ProjectOptions): Promise<string> {
  if (options.store !== undefined || !path.startsWith(`${directory}${sep}`)) return path;
  const real = await realpath(directory);
  if (real === directory) return path;
  const store = join(real, relative(directory, path));
  options.logger?.warn(
    { store },
    "the decision store is below a symbolic link and stays in the folder it leads to now; set `store.path` in cordon.yaml to a folder that stays",
  );
  return store;
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
