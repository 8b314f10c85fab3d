import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether the folder, which needn't exist yet, is within a repository. */
export function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** Makes a repository; returns why not, where it can't be made. */
export async function initRepository(folder: string): Promise<string | null> {
  try {
    await run("git", ["init", "--quiet"], { cwd: folder });
    return null;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") return "git is not installed";
    return stderr?.trim().split("\n")[0] || "`git init` failed";
  }
}
