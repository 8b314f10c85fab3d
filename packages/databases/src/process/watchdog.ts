import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";

/** What the watchdog is told, a line of JSON each. */
export type WatchdogOrder =
  | { kind: "server"; pid: number; endSignal: NodeJS.Signals }
  | { kind: "server_gone"; pid: number }
  | { kind: "directory" | "directory_gone"; path: string };

let started: ChildProcess | undefined;

/**
 * Tells the watchdog of this process, starting it where there is none yet: a second process that ends the servers
 * and removes the directories which this one leaves behind, even when it is killed.
 */
export function tellWatchdog(order: WatchdogOrder): void {
  started ??= start();
  started.stdin?.write(`${JSON.stringify(order)}\n`);
}

function start(): ChildProcess {
  const program = fileURLToPath(new URL("./watchdog-main.js", import.meta.url));
  // In a session of its own: Ctrl-C ends the owner, and the watchdog then cleans up.
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  (child.stdin as Socket | null)?.unref();
  child.stdin?.on("error", () => {});
  return child;
}
