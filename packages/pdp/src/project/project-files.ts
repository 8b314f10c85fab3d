import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Diagnostic } from "@cordon/cedar";
import {
  codeOf,
  directoryNamedLikeFile,
  notFolder,
  notUtf8,
  policyNotRead,
  unreadable,
} from "./file-problems.js";
import type { Settings } from "./settings.js";

export interface SourceFile {
  /** Relative to the project folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The parts of a project that its settings name, as texts. */
export interface ProjectFiles {
  readonly policies: readonly SourceFile[];
  readonly schema?: SourceFile;
  readonly entities: readonly SourceFile[];
}

export const SETTINGS_FILE = "cordon.yaml";
export const DEFAULT_POLICIES = "policies";
export const DEFAULT_SCHEMA = "schema.cedarschema";
export const DEFAULT_ENTITIES = "entities";

/** Files open at once; a process may have few more. */
const READS_AT_ONCE = 64;

const strict = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder("utf-8");

type Locate = (path: readonly PropertyKey[]) => Diagnostic["range"];

/**
 * Reads the files of a project once. What is there and can't be read is a diagnostic,
 * never an absence: a policy that is passed over may be the one that forbids.
 */
export class ProjectReader {
  readonly #root: string;
  readonly diagnostics: Diagnostic[] = [];
  /** Texts of files that are no UTF-8, as near as can be, to show where they are not. */
  readonly lossy: SourceFile[] = [];

  /** @param root the real path of the project folder */
  constructor(root: string) {
    this.#root = root;
  }

  async settings(): Promise<SourceFile | undefined> {
    return this.#text(SETTINGS_FILE, "optional");
  }

  async files(settings: Settings, locate: Locate): Promise<ProjectFiles> {
    const [policies, schema, entities] = await Promise.all([
      this.#policies(settings, locate),
      this.#schema(settings, locate),
      this.#entities(settings, locate),
    ]);
    return { policies, entities, ...(schema === undefined ? {} : { schema }) };
  }

  async #policies(settings: Settings, locate: Locate): Promise<SourceFile[]> {
    const folder = settings.policies ?? DEFAULT_POLICIES;
    if (await this.#isFolder(folder)) {
      await this.#warnOfStrayPolicies(folder);
      return this.#tree(folder, ".cedar");
    }
    if (settings.policies !== undefined) {
      this.#missing("policies", folder, "a folder", locate);
      return [];
    }
    // A folder of nothing but policies is a project too.
    return this.#tree(".", ".cedar");
  }

  async #schema(settings: Settings, locate: Locate): Promise<SourceFile | undefined> {
    const path = settings.schema ?? DEFAULT_SCHEMA;
    if (settings.schema === undefined) return this.#text(path, "optional");
    if (await exists(resolve(this.#root, path))) return this.#text(path, "required");
    this.#missing("schema", path, "a Cedar schema file", locate);
    return undefined;
  }

  async #entities(settings: Settings, locate: Locate): Promise<SourceFile[]> {
    const folder = settings.entities ?? DEFAULT_ENTITIES;
    if (await this.#isFolder(folder)) return this.#tree(folder, ".json");
    if (settings.entities !== undefined) this.#missing("entities", folder, "a folder", locate);
    return [];
  }

  #missing(setting: "policies" | "schema" | "entities", path: string, what: string, locate: Locate): void {
    const range = locate([setting]);
    this.diagnostics.push({
      code: "path_missing",
      severity: "error",
      message: `\`${path}\`, which the setting \`${setting}\` names, is not ${what}`,
      help: "paths in cordon.yaml start at the project folder",
      file: SETTINGS_FILE,
      ...(range === undefined ? {} : { range }),
    });
  }

  /** False where there is nothing; anything else than a folder is a diagnostic besides. */
  async #isFolder(path: string): Promise<boolean> {
    const full = resolve(this.#root, path);
    try {
      if ((await stat(full)).isDirectory()) return true;
      this.diagnostics.push(notFolder(path));
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || (await exists(full))) this.diagnostics.push(unreadable(path, error));
    }
    return false;
  }

  /** A text file; nothing where it need not be there and is not. */
  async #text(path: string, need: "optional" | "required"): Promise<SourceFile | undefined> {
    const full = resolve(this.#root, path);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(full);
    } catch (error) {
      const isAbsent = codeOf(error) === "ENOENT" && need === "optional" && !(await exists(full));
      if (!isAbsent) this.diagnostics.push(unreadable(path, error));
      return undefined;
    }
    try {
      return { path, text: strict.decode(bytes) };
    } catch {
      const lossy = lenient.decode(bytes);
      this.lossy.push({ path, text: lossy });
      this.diagnostics.push(notUtf8(path, lossy));
      return undefined;
    }
  }

  /** The files below a folder whose names end so, by path, so that the order of a directory never matters. */
  async #tree(folder: string, extension: string): Promise<SourceFile[]> {
    const paths: string[] = [];
    await this.#collect(folder, extension, paths, new Set());
    paths.sort(byCodeUnits);
    const files: SourceFile[] = [];
    for (let at = 0; at < paths.length; at += READS_AT_ONCE) {
      const some = paths.slice(at, at + READS_AT_ONCE).map((path) => this.#text(path, "required"));
      for (const file of await Promise.all(some)) if (file !== undefined) files.push(file);
    }
    return files;
  }

  async #collect(
    folder: string,
    extension: string,
    paths: string[],
    above: ReadonlySet<string>,
  ): Promise<void> {
    let names: string[];
    let real: string;
    try {
      real = await realpath(resolve(this.#root, folder));
      names = await readdir(real);
    } catch (error) {
      this.diagnostics.push(unreadable(folder, error));
      return;
    }
    if (above.has(real)) return; // a symbolic link back to a folder that encloses it
    const within = new Set(above).add(real);
    for (const name of names) {
      if (isSkipped(name)) continue;
      const path = folder === "." ? name : join(folder, name).replaceAll("\\", "/");
      const matches = name.endsWith(extension);
      if (await isDirectory(join(real, name))) {
        if (matches) this.diagnostics.push(directoryNamedLikeFile(path, extension));
        else await this.#collect(path, extension, paths, within);
      } else if (matches) paths.push(path);
    }
  }

  async #warnOfStrayPolicies(folder: string): Promise<void> {
    if (resolve(this.#root, folder) === this.#root) return;
    const names = (await readdir(this.#root)).filter((name) => name.endsWith(".cedar"));
    for (const name of names.sort(byCodeUnits)) this.diagnostics.push(policyNotRead(name, folder));
  }
}

/** Names that are not looked into: hidden ones, and what others installed. */
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Whether the name is taken, were it by a symbolic link to nothing. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
