import { startServer } from "@cordon/pdp/http";
import type { Logger } from "pino";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { findProject } from "../project/folder.js";
import { openServing, type Serving } from "../serve/opening.js";
import { checkServeOptions, listenSettings, type ServeOptions } from "../serve/options.js";
import { openServerLog } from "../serve/server-log.js";
import type { Terminal } from "../terminal.js";

/** Puts project, store, log, keys and server together, and runs until told to end. */
export async function serve({ options, terminal }: CommandInput<ServeOptions>): Promise<number> {
  const { level, logMode } = checkServeOptions(options);
  const pretty = options.pretty ?? process.stderr.isTTY;
  const logger = openServerLog({ level, pretty, color: terminal.errorColor });
  const folder = findProject(options.project);
  const serving = await openServing(folder, logMode, { watch: options.watch, logger });
  try {
    await run(serving, options, logger, terminal);
  } finally {
    await serving.close();
  }
  logger.info("closed");
  return exitCode.ok;
}

async function run(
  serving: Serving,
  options: ServeOptions,
  logger: Logger,
  terminal: Terminal,
): Promise<void> {
  const { decider, store } = serving;
  const ended = untilSignalled(logger);
  const server = await startServer({
    ...listenSettings(options, decider.settings, decider.directory),
    decider,
    logger,
    keys: store.keys,
    publicUrl: options.publicUrl,
  });
  const { directory, bundle, status } = decider;
  const log = decider.log?.stats().mode ?? "off";
  logger.info({ project: directory, bundle: bundle.id, entities: status.entities, log }, "serving");
  terminal.out(`listening on ${server.url}`);
  await ended;
  await server.close();
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
