import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface LoadOrder {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Puts load on a server from a process of its own, so that our measuring doesn't share a thread with it. */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const generator = fileURLToPath(new URL("load-generator.js", import.meta.url));
  const child = spawn(process.execPath, [generator], { stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  child.stdin.end(JSON.stringify(order));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the load generator failed\n${printed}`);
  return JSON.parse(printed);
}
