import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs a script of this folder in a process of its own, where what the heap and the process hold is only its own. */
export function runChild<Result>(script: string, args: readonly (string | number)[]): Result {
  const file = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const options = ["--expose-gc", "--max-old-space-size=4096", file, ...args.map(String)];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" }));
}

export interface Memory {
  readonly heapMb: number;
  readonly rssMb: number;
}

/** What is held after a full collection. */
export function memory(): Memory {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("--expose-gc, please");
  for (let times = 0; times < 4; times++) collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20 };
}

/** CPU time, which other processes can't stretch; the collector's threads count too. */
export function cpuMs<T>(run: () => T): { result: T; ms: number } {
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  return { result, ms: (user + system) / 1000 };
}
