import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Diagnostic } from "@cordon/cedar";
import type { Settings } from "./settings.js";

export interface SourceFile {
  /** Relative to the project folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The parts of a project as texts, and what could not be read. */
export interface ProjectFiles {
  policies: SourceFile[];
  schema?: SourceFile;
  entities: SourceFile[];
  diagnostics: Diagnostic[];
}

export const SETTINGS_FILE = "cordon.yaml";
export const DEFAULT_POLICIES = "policies";
export const DEFAULT_SCHEMA = "schema.cedarschema";
export const DEFAULT_ENTITIES = "entities";

type Locate = (path: readonly PropertyKey[]) => Diagnostic["range"];
type Missing = (setting: "policies" | "schema" | "entities", path: string, what: string) => void;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Reads one text file. A file that need not be there gives nothing when it is not;
 * one that can't be read as UTF-8 text gives a diagnostic.
 */
export async function readText(
  root: string,
  path: string,
  need: "optional" | "required",
  diagnostics: Diagnostic[],
): Promise<SourceFile | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(root, path));
  } catch (error) {
    if (need === "required" || codeOf(error) !== "ENOENT") diagnostics.push(unreadable(path, error));
    return undefined;
  }
  try {
    return { path, text: decoder.decode(bytes) };
  } catch {
    diagnostics.push({
      code: "file_not_utf8",
      severity: "error",
      message: `\`${path}\` is not UTF-8 text`,
      help: `save the file as UTF-8${firstBadByte(bytes)}`,
      file: path,
    });
    return undefined;
  }
}

/** Reads every file of the project that its settings name. `root` must be a real path. */
export async function readProjectFiles(
  root: string,
  settings: Settings,
  locate: Locate,
): Promise<ProjectFiles> {
  const diagnostics: Diagnostic[] = [];
  const missing: Missing = (setting, path, what) => {
    const range = locate([setting]);
    diagnostics.push({
      code: "path_missing",
      severity: "error",
      message: `\`${path}\`, which the setting \`${setting}\` names, is not ${what}`,
      help: "paths in cordon.yaml start at the project folder",
      file: SETTINGS_FILE,
      ...(range === undefined ? {} : { range }),
    });
  };
  const [policies, schema, entities] = await Promise.all([
    readPolicies(root, settings, missing, diagnostics),
    readSchema(root, settings, missing, diagnostics),
    readEntities(root, settings, missing, diagnostics),
  ]);
  return { policies, entities, diagnostics, ...(schema === undefined ? {} : { schema }) };
}

async function readPolicies(
  root: string,
  settings: Settings,
  missing: Missing,
  diagnostics: Diagnostic[],
): Promise<SourceFile[]> {
  const folder = settings.policies ?? DEFAULT_POLICIES;
  if (await isDirectory(resolve(root, folder))) {
    diagnostics.push(...(await unreadPolicies(root, folder)));
    return readTree(root, folder, ".cedar", diagnostics);
  }
  if (settings.policies !== undefined) {
    missing("policies", folder, "a folder");
    return [];
  }
  // A folder of nothing but policies is a project too.
  return readTree(root, ".", ".cedar", diagnostics);
}

async function readSchema(
  root: string,
  settings: Settings,
  missing: Missing,
  diagnostics: Diagnostic[],
): Promise<SourceFile | undefined> {
  const path = settings.schema ?? DEFAULT_SCHEMA;
  const unread: Diagnostic[] = [];
  const file = await readText(root, path, "optional", unread);
  diagnostics.push(...unread);
  if (file === undefined && unread.length === 0 && settings.schema !== undefined) {
    missing("schema", path, "a Cedar schema file");
  }
  return file;
}

async function readEntities(
  root: string,
  settings: Settings,
  missing: Missing,
  diagnostics: Diagnostic[],
): Promise<SourceFile[]> {
  const folder = settings.entities ?? DEFAULT_ENTITIES;
  if (await isDirectory(resolve(root, folder))) return readTree(root, folder, ".json", diagnostics);
  if (settings.entities !== undefined) missing("entities", folder, "a folder");
  return [];
}

/** The files below a folder whose names end so, ordered by path so that the order of a directory never matters. */
async function readTree(
  root: string,
  folder: string,
  extension: string,
  diagnostics: Diagnostic[],
): Promise<SourceFile[]> {
  const paths: string[] = [];
  await collectPaths(root, folder, extension, paths, diagnostics, new Set());
  paths.sort(byCodeUnits);
  const files = await Promise.all(paths.map((path) => readText(root, path, "required", diagnostics)));
  return files.filter((file) => file !== undefined);
}

async function collectPaths(
  root: string,
  folder: string,
  extension: string,
  paths: string[],
  diagnostics: Diagnostic[],
  above: ReadonlySet<string>,
): Promise<void> {
  let names: string[];
  let real: string;
  try {
    real = await realpath(resolve(root, folder));
    names = await readdir(real);
  } catch (error) {
    diagnostics.push(unreadable(folder, error));
    return;
  }
  if (above.has(real)) return; // a symbolic link back to a folder that encloses it
  const within = new Set(above).add(real);
  for (const name of names) {
    if (isSkipped(name)) continue;
    const path = folder === "." ? name : join(folder, name).replaceAll("\\", "/");
    const matches = name.endsWith(extension);
    if (await isDirectory(join(real, name))) {
      if (matches) diagnostics.push(directoryNamedLikeFile(path, extension));
      else await collectPaths(root, path, extension, paths, diagnostics, within);
    } else if (matches) paths.push(path);
  }
}

/** Names that are not looked into: hidden ones, and what others installed. */
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/** Policies beside the folder of policies: whoever wrote them may think that they hold. */
async function unreadPolicies(root: string, folder: string): Promise<Diagnostic[]> {
  if (resolve(root, folder) === root) return [];
  const names = (await readdir(root)).filter((name) => name.endsWith(".cedar")).sort(byCodeUnits);
  return names.map((name) => ({
    code: "policy_not_read",
    severity: "warning",
    message: `\`${name}\` is not read: the policies of this project are in \`${folder}/\``,
    help: `move the file into \`${folder}/\``,
    file: name,
  }));
}

export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? "");
}

function unreadable(path: string, error: unknown): Diagnostic {
  const reasons: Record<string, [string, string]> = {
    EACCES: ["may not be read", "give this user permission to read it"],
    EPERM: ["may not be read", "give this user permission to read it"],
    EISDIR: ["is a folder", "a file is wanted here: rename the folder"],
    ENOTDIR: ["lies below something that is no folder", "look at the path in cordon.yaml"],
    ELOOP: ["is a symbolic link that leads to itself", "remove the link"],
    ENOENT: ["is not there", "it may be a symbolic link to something that was moved"],
  };
  const [reason, help] = reasons[codeOf(error)] ?? [`can't be read: ${codeOf(error)}`, "look at the disk"];
  return { code: "file_unreadable", severity: "error", message: `\`${path}\` ${reason}`, help, file: path };
}

function directoryNamedLikeFile(path: string, extension: string): Diagnostic {
  return {
    code: "directory_named_like_file",
    severity: "error",
    message: `\`${path}\` is a folder, though its name ends in \`${extension}\``,
    help: `rename the folder: everything that ends in \`${extension}\` is read as a file`,
    file: path,
  };
}

function firstBadByte(bytes: Uint8Array): string {
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return ", not as UTF-16";
  return "";
}
