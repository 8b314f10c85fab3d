import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { endProcess } from "./end-process.js";
import { signalProcess } from "./process-tree.js";
import { tellWatchdog } from "./watchdog.js";

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Whom it runs as; as ourselves where absent. */
  readonly user?: UserIds;
  readonly logFile: string;
  /** What its log says once it takes connections. */
  readonly readyText: string;
  readonly endSignal: NodeJS.Signals;
}

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** A start that failed because somebody else took the port in between: worth another try with another port. */
export class PortTaken extends Error {}

const START_LIMIT_MS = 60_000;

/**
 * Starts a server and waits until it takes connections. It doesn't keep this process alive, and goes when this
 * process goes.
 *
 * @returns the id of its process
 * @throws PortTaken, and Error with the end of its log where it doesn't come up
 */
export async function startServerProcess(command: ServerCommand): Promise<number> {
  const log = openSync(command.logFile, "w");
  const child = spawn(command.program, command.args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: command.environment,
    ...command.user,
  });
  closeSync(log);
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });
  child.unref();
  const { pid } = child;
  if (pid === undefined) {
    await delay(0);
    throw failure ?? new Error(`\`${command.program}\` can't be run`);
  }
  tellWatchdog({ kind: "server", pid, endSignal: command.endSignal });
  try {
    await ready(command, () => child.exitCode === null && child.signalCode === null);
  } catch (error) {
    await endServerProcess(pid, "SIGKILL");
    throw error;
  }
  return pid;
}

export async function endServerProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (signalProcess(pid, 0)) await endProcess(pid, signal);
  tellWatchdog({ kind: "server_gone", pid });
}

async function ready(command: ServerCommand, isAlive: () => boolean): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const alive = isAlive();
    const log = readFileSync(command.logFile, "utf8");
    if (log.includes(command.readyText)) return;
    if (/Address already in use/i.test(log)) throw new PortTaken();
    if (!alive || performance.now() > deadline) {
      throw new Error(`\`${command.program}\` did not start:\n${log.slice(-2_000)}`);
    }
    await delay(10);
  }
}
