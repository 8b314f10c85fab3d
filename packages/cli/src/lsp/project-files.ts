import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSettings } from "@cordon/pdp/project";

const SETTINGS = "cordon.yaml";

/** The texts of a project's files by path; what can't be read isn't there, and the check of the folder says so. */
export function readProjectFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  const read = (path: string) => {
    try {
      files.set(path, readFileSync(join(folder, path), "utf8"));
    } catch {
      // Gone since it was listed, or not to be read.
    }
  };
  if (existsSync(join(folder, SETTINGS))) read(SETTINGS);
  const text = files.get(SETTINGS);
  const settings = text === undefined ? undefined : readSettings(SETTINGS, text).settings;
  const schema = settings?.schema ?? "schema.cedarschema";
  if (existsSync(join(folder, schema))) read(schema);
  const policies = listFiles(folder, settings?.policies ?? "policies", /\.cedar$/);
  for (const path of policies) read(path);
  // Of a policy that just lies somewhere, nothing around it is known to be ours, and the folder may be a whole disk.
  if (files.size === 0) return files;
  // A folder with nothing but policies is a project too.
  const hasPolicyFolder = settings?.policies !== undefined || isFolder(join(folder, "policies"));
  if (!hasPolicyFolder) for (const path of listFiles(folder, "", /\.cedar$/)) read(path);
  for (const path of listFiles(folder, settings?.entities ?? "entities", /\.json$/)) read(path);
  for (const path of listFiles(folder, "tests", /\.ya?ml$/)) read(path);
  return files;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function listFiles(root: string, folder: string, pattern: RegExp): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return listFiles(root, path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
}

/**
 * The project that a file belongs to: the nearest folder upward that looks like one. Policies and schemas outside any
 * are a project of their folder; of other files nobody knows that they are ours, and theirs is null.
 */
export function projectOf(file: string, stopAt: readonly string[]): string | null {
  const own = dirname(file);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, SETTINGS)) || existsSync(join(folder, "schema.cedarschema"))) return folder;
    if (listFiles(folder, "policies", /\.cedar$/).length > 0) return folder;
    if (dirname(folder) === folder || stopAt.includes(folder)) break;
  }
  return /\.cedar(schema)?$/.test(file) ? own : null;
}
