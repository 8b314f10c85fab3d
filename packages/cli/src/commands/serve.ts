import {
  type DecisionLog,
  openProject,
  openStore,
  type ProjectDecider,
  type Settings,
  type Store,
} from "@cordon/pdp";
import { startServer } from "@cordon/pdp/http";
import type { Logger } from "pino";
import type { CommandInput } from "../command-input.js";
import { exitCode } from "../failure.js";
import { findProject } from "../project-folder.js";
import { projectSettings, storePath } from "../project-settings.js";
import { parseLogLevel, type ServeOptions, type ServeSettings, serveSettings } from "../serve-settings.js";
import { openServerLog } from "../server-log.js";
import type { Terminal } from "../terminal.js";

/** Puts project, store, log, keys and server together, and runs until told to end. */
export async function serve({ options, terminal }: CommandInput<ServeOptions>): Promise<number> {
  const logger = openServerLog({
    level: parseLogLevel(options.logLevel),
    pretty: options.pretty ?? process.stderr.isTTY,
    color: terminal.errorColor,
  });
  const folder = findProject(options.project);
  const settings = await projectSettings(folder);
  const serving = serveSettings(options, settings, folder);
  const store = await openStore(storePath(folder, settings));
  try {
    const log = await openLog(store, settings, serving.logMode);
    const decider = await openProject(folder, { store, log, watch: options.watch, logger });
    try {
      await run({ decider, store, serving, options, logger, terminal });
    } finally {
      await decider.close();
    }
  } finally {
    await store.close();
  }
  logger.info("closed");
  return exitCode.ok;
}

interface Running {
  decider: ProjectDecider;
  store: Store;
  serving: ServeSettings;
  options: ServeOptions;
  logger: Logger;
  terminal: Terminal;
}

async function run({ decider, store, serving, options, logger, terminal }: Running): Promise<void> {
  const { host, port, tls, logMode } = serving;
  const server = await startServer({
    decider,
    host,
    port,
    tls,
    logger,
    keys: store.keys,
    publicUrl: options.publicUrl,
  });
  const ended = untilSignalled(logger);
  logger.info(
    {
      project: decider.directory,
      bundle: decider.bundle.id,
      entities: decider.status.entities,
      log: logMode,
    },
    "serving",
  );
  terminal.out(`listening on ${server.url}`);
  await ended;
  await server.close();
}

function openLog(
  store: Store,
  { log }: Settings,
  mode: ServeSettings["logMode"],
): Promise<DecisionLog> | false {
  if (mode === "off") return false;
  const { queue, redact, retention } = log;
  return store.decisions({
    mode,
    redact,
    ...(queue === undefined ? {} : { queueLimit: queue }),
    retention: {
      ...(retention.maxAge === undefined ? {} : { maxAgeDays: retention.maxAge }),
      ...(retention.maxSize === undefined ? {} : { maxBytes: retention.maxSize }),
    },
  });
}

/** The first signal lets what is in flight finish; a second one doesn't wait. */
function untilSignalled(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) {
          logger.warn({ signal }, "ending at once");
          process.exit(exitCode.no);
        }
        told = true;
        logger.info({ signal }, "closing: finishing requests in flight; a second signal ends at once");
        resolve();
      });
    }
  });
}
