import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserIds } from "./server-process.js";
import { tellWatchdog } from "./watchdog.js";

/** A new directory that goes with this process, whatever becomes of it. */
export function newDirectory(name: string, owner: UserIds | undefined): string {
  const path = mkdtempSync(join(tmpdir(), `cordon-${name}-`));
  tellWatchdog({ kind: "directory", path });
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  return path;
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  tellWatchdog({ kind: "directory_gone", path });
}

/** Copies what is in a directory with owners, modes and times. */
export function copyContents(from: string, to: string): void {
  execFileSync("cp", ["-a", `${from}/.`, to]);
}
