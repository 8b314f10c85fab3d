import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string[]} [workspaces]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, unknown>} [exports]
 *
 * @typedef {object} Workspace
 * @property {string} folder relative to the root, with forward slashes
 * @property {string} directory absolute
 * @property {Manifest} manifest
 */

/**
 * The workspaces that the root manifest names, in a stable order.
 *
 * @param {string} [base]
 * @returns {Workspace[]}
 */
export function workspaces(base = root) {
  const patterns = readManifest(base).workspaces ?? [];
  return patterns
    .flatMap((pattern) => (pattern.endsWith("/*") ? children(base, pattern.slice(0, -2)) : [pattern]))
    .filter((folder) => existsSync(join(base, folder, "package.json")))
    .map((folder) => ({ folder, directory: join(base, folder), manifest: readManifest(join(base, folder)) }));
}

/**
 * @param {string} directory
 * @returns {Manifest}
 */
export function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}

/**
 * Every file under a directory, absolute, sorted; what is built or installed is left out unless asked for.
 *
 * @param {string} directory
 * @param {(path: string) => boolean} accepts
 * @param {readonly string[]} [skip] names of folders that are not entered
 * @returns {string[]}
 */
export function filesUnder(directory, accepts, skip = ["node_modules", "dist", ".git", ".cordon"]) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return skip.includes(entry.name) ? [] : filesUnder(path, accepts, skip);
      return entry.isFile() && accepts(path) ? [path] : [];
    })
    .sort();
}

/**
 * A path as people and rules write it: relative to the base, with forward slashes.
 *
 * @param {string} path
 * @param {string} [base]
 */
export function display(path, base = root) {
  return relative(base, path).split(sep).join("/");
}

/**
 * @param {string} base
 * @param {string} folder
 */
function children(base, folder) {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}
