import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest, root, workspaces } from "../testing/workspaces.mjs";

const TABLE = "docs/dependencies.md";

/** Every dependency has its line of why, no line outlives its dependency, and the licences are those installed. */
export async function check(base = root) {
  const declared = declaredDependencies(base);
  const listed = listedDependencies(readFileSync(join(base, TABLE), "utf8"));
  /** @type {{ title: string, detail: string }[]} */
  const failures = [];
  for (const [name, users] of declared) {
    const row = listed.get(name);
    if (row === undefined) {
      failures.push({ title: `\`${name}\` is not in ${TABLE}`, detail: `declared by ${users.join(", ")}` });
      continue;
    }
    const licence = installedLicence(base, name);
    if (licence !== null && licence !== row.licence) {
      failures.push({
        title: `licence of \`${name}\``,
        detail: `${TABLE} says ${row.licence}, the package ${licence}`,
      });
    }
    if (row.why.length < 10) failures.push({ title: `\`${name}\` has no reason in ${TABLE}`, detail: "" });
  }
  for (const name of listed.keys()) {
    if (!declared.has(name))
      failures.push({ title: `\`${name}\` is in ${TABLE} but nobody depends on it`, detail: "" });
  }
  return { passed: failures.length === 0 ? 1 : 0, failures, notes: [`${declared.size} direct dependencies`] };
}

/** @param {string} base */
function declaredDependencies(base) {
  const manifests = [
    ["package.json", readManifest(base)],
    ...workspaces(base).map((w) => [w.folder, w.manifest]),
  ];
  const ours = new Set(workspaces(base).map((workspace) => workspace.manifest.name));
  /** @type {Map<string, string[]>} */
  const users = new Map();
  for (const [user, manifest] of /** @type {[string, import("../testing/workspaces.mjs").Manifest][]} */ (
    manifests
  )) {
    const names = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    });
    for (const name of names.filter((candidate) => !ours.has(candidate))) {
      users.set(name, [...(users.get(name) ?? []), user]);
    }
  }
  return users;
}

/**
 * The rows of the tables: `| [name](link) or name | licence | why |`.
 *
 * @param {string} text
 */
function listedDependencies(text) {
  const rows = text.matchAll(/^\| `([^`]+)` +\| ([^|]+) \| ([^|]+) \|$/gm);
  return new Map(
    [...rows].map(([, name = "", licence = "", why = ""]) => [
      name,
      { licence: licence.trim(), why: why.trim() },
    ]),
  );
}

/**
 * @param {string} base
 * @param {string} name
 * @returns {string | null} null where a package for another platform isn't installed
 */
function installedLicence(base, name) {
  for (const place of [base, ...workspaces(base).map((workspace) => workspace.directory)]) {
    const manifest = join(place, "node_modules", name, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).license ?? null;
  }
  return null;
}
