import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface HeapFigures {
  readonly path: string;
  readonly decisions: number;
  /** Bytes on the heap after a full collection. */
  readonly before: number;
  readonly after: number;
}

/** What the heap holds before and after so many decisions on each path, in a process of its own. */
export function measureHeap(decisions: number): HeapFigures[] {
  process.stderr.write(`${decisions.toLocaleString("en-US")} decisions on each path, for the heap\n`);
  const child = fileURLToPath(new URL("./heap-child.js", import.meta.url));
  const args = ["--expose-gc", child, String(decisions)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}
