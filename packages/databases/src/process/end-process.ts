import { setTimeout as delay } from "node:timers/promises";
import { signalProcess, signalTree } from "./process-tree.js";

/**
 * Ends a server in the way that it asks for, also while it is paused, and without mercy where that takes too long.
 *
 * @param signal what makes it shut down
 */
export async function endProcess(pid: number, signal: NodeJS.Signals, patienceMs = 5_000): Promise<void> {
  signalTree(pid, "SIGCONT");
  signalProcess(pid, signal);
  if (await isGone(pid, patienceMs)) return;
  signalTree(pid, "SIGKILL");
  await isGone(pid, patienceMs);
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (signalProcess(pid, 0)) {
    if (performance.now() > deadline) return false;
    await delay(5);
  }
  return true;
}
