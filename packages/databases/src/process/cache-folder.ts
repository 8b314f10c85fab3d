import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * What is made once and used by every run: data directories to copy from, unpacked packages. Beside the packages
 * where that can be written, so that a fresh install starts afresh; else in a folder that belongs to this user.
 */
export function cacheFolder(): string {
  const packages = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));
  const candidates = [
    join(packages, ".cache", "cordon-databases"),
    join(tmpdir(), `cordon-databases-${userInfo().uid}`),
  ];
  for (const candidate of candidates) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o755 });
      rmSync(mkdtempSync(join(candidate, "probe-")), { recursive: true });
      return candidate;
    } catch {
      // The next one.
    }
  }
  throw new Error(`none of ${candidates.join(", ")} can be written`);
}

/**
 * Makes a folder of this user's cache whole or not at all: whoever comes second while it is being made makes it too, and
 * the first to finish wins.
 */
export async function cached(name: string, make: (folder: string) => Promise<void> | void): Promise<string> {
  const wanted = join(cacheFolder(), `${name}-${userInfo().uid}`);
  if (existsSync(wanted)) return wanted;
  const draft = mkdtempSync(join(dirname(wanted), ".draft-"));
  try {
    await make(draft);
    renameSync(draft, wanted);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(wanted)) throw error;
  }
  return wanted;
}
