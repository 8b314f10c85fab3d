import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./process.mjs";
import { filesUnder, root, workspaces } from "./workspaces.mjs";

/**
 * Installs exactly what the lock file names, unless it is installed already.
 *
 * @returns {Promise<string>} what was done, for people
 */
export async function install() {
  const missing = outdatedPackages();
  if (missing.length === 0) return "dependencies up to date";
  process.stdout.write(`installing dependencies (npm ci): ${missing.slice(0, 3).join(", ")}…\n`);
  const started = Date.now();
  const { code, output } = await run("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    timeoutMs: 900_000,
  });
  if (code !== 0) throw new Error(`npm ci failed\n${output}`);
  return `dependencies installed in ${seconds(started)}`;
}

/**
 * Compared by content and not by time: a fresh checkout gives every file the time of the checkout.
 *
 * @returns {string[]} why an install is needed; empty if it isn't
 */
export function outdatedPackages(base = root) {
  const installed = join(base, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return ["nothing is installed"];
  const wanted = JSON.parse(readFileSync(join(base, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted)
    .filter(([path]) => path.startsWith("node_modules/") || path.includes("/node_modules/"))
    .filter(([path, entry]) => {
      const found = present[path];
      // What is optional may be for another platform, and is then rightly absent.
      if (found === undefined) return !entry.optional;
      return found.version !== entry.version || found.resolved !== entry.resolved;
    })
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
}

/**
 * Compiled files whose source is gone would still be imported and tested.
 *
 * @returns {string[]} the files removed
 */
export function removeStaleOutput(base = root) {
  return workspaces(base).flatMap(({ directory }) => {
    const dist = join(directory, "dist");
    const stale = filesUnder(dist, (path) => /\.(js|d\.ts)$/.test(path)).filter((path) => {
      const stem = path.slice(dist.length).replace(/(\.d\.ts|\.js)$/, "");
      return ![".ts", ".tsx", ".mts"].some((end) => existsSync(join(directory, "src", stem + end)));
    });
    for (const path of stale) rmSync(path);
    // The compiler skips what it believes to be built already, so its notes go with the files.
    if (stale.length > 0)
      for (const path of filesUnder(dist, (file) => file.endsWith(".tsbuildinfo"))) rmSync(path);
    return stale;
  });
}

/** @param {number} started milliseconds since the epoch */
export function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
