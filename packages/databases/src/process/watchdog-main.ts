import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { endProcess } from "./end-process.js";
import type { WatchdogOrder } from "./watchdog.js";

// Runs as a process of its own. Its input ends when whoever started it is gone, however that came about: by an
// uncaught error, `kill -9` or Ctrl-C. What is still registered by then has no owner and goes.
const servers = new Map<number, { pid: number; endSignal: NodeJS.Signals }>();
const directories = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as WatchdogOrder;
  if (order.kind === "server") servers.set(order.pid, order);
  else if (order.kind === "server_gone") servers.delete(order.pid);
  else if (order.kind === "directory") directories.add(order.path);
  else directories.delete(order.path);
}

await Promise.all([...servers.values()].map(({ pid, endSignal }) => endProcess(pid, endSignal, 3_000)));
for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
