import { type BigIntStats, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, parse, resolve, sep } from "node:path";
import {
  DEFAULT_ENTITIES,
  DEFAULT_POLICIES,
  DEFAULT_SCHEMA,
  isSkipped,
  SETTINGS_FILE,
} from "./project-files.js";
import type { Settings } from "./settings.js";

/** What a folder looked like at one moment. Two scans with one fingerprint saw the same files. */
export interface Scan {
  readonly fingerprint: string;
  /** Real directories in which a change may matter. */
  readonly directories: ReadonlyMap<string, WatchedDirectory>;
  /** Files that hold nothing: an editor that truncates before it writes leaves such for a moment. */
  readonly empty: ReadonlySet<string>;
}

export interface WatchedDirectory {
  /** The names that matter; `null`: any. */
  readonly names: ReadonlySet<string> | null;
  /** Device and inode: another directory moved to the same path is another directory. */
  readonly identity: string;
}

/** Entries looked at before other work gets a turn. */
const ENTRIES_A_TURN = 256;
/** As deep as Linux follows symbolic links. */
const MAX_LINKS = 40;

/** Looks at names, inodes, sizes and times, never at contents; yields to other work in large projects. */
export async function scanProject(directory: string, settings: Settings): Promise<Scan> {
  const scanner = new Scanner();
  scanner.followLinks(directory);
  const root = scanner.real(directory);
  if (root === undefined) return scanner.finish();
  scanner.watch(dirname(root), basename(root));
  scanner.watch(root, SETTINGS_FILE);
  scanner.file(root, SETTINGS_FILE);
  scanner.file(root, settings.schema ?? DEFAULT_SCHEMA);
  const policies = settings.policies ?? DEFAULT_POLICIES;
  const isTree = await scanner.tree(root, policies, ".cedar");
  if (!isTree && settings.policies === undefined) await scanner.tree(root, ".", ".cedar");
  await scanner.tree(root, settings.entities ?? DEFAULT_ENTITIES, ".json");
  return scanner.finish();
}

class Scanner {
  readonly #entries: string[] = [];
  readonly #directories = new Map<string, Set<string> | null>();
  readonly #empty = new Set<string>();
  #sinceYield = 0;

  finish(): Scan {
    const directories = new Map<string, WatchedDirectory>();
    for (const [path, names] of this.#directories) directories.set(path, { names, identity: place(path) });
    return { fingerprint: this.#entries.join("\n"), directories, empty: this.#empty };
  }

  real(path: string): string | undefined {
    let real: string | undefined;
    try {
      real = realpathSync.native(path);
    } catch {
      // Not there, or not to be followed: its absence is what the fingerprint says.
    }
    this.#entries.push(`${path} = ${real ?? "-"} ${place(path)}`);
    return real;
  }

  /** A change of the directory `real` matters where it concerns `name`. */
  watch(real: string, name: string): void {
    const names = this.#directories.get(real);
    if (names === null) return;
    if (names === undefined) this.#directories.set(real, new Set([name]));
    else names.add(name);
  }

  /** Watches the place of every symbolic link on the way to a path: a swapped link changes there. */
  followLinks(path: string): void {
    let left = MAX_LINKS;
    let current = parse(resolve(path)).root;
    let rest = resolve(path).slice(current.length).split(sep).filter(Boolean);
    while (rest.length > 0) {
      const [name = "", ...after] = rest;
      const next = join(current, name);
      const target = linkTarget(next);
      if (target === undefined) {
        current = next;
        rest = after;
        continue;
      }
      this.watch(current, name);
      if (left-- === 0) return;
      const followed = resolve(current, target);
      current = parse(followed).root;
      rest = [...followed.slice(current.length).split(sep).filter(Boolean), ...after];
    }
  }

  file(root: string, path: string): void {
    const full = resolve(root, path);
    this.watch(dirname(full), basename(full));
    this.followLinks(full);
    this.#note(full, stats(full));
  }

  /** Everything below a directory that is a directory or ends so; false when it is no directory. */
  async tree(root: string, path: string, extension: string): Promise<boolean> {
    const full = resolve(root, path);
    this.watch(dirname(full), basename(full));
    this.followLinks(full);
    const real = this.real(full);
    if (real === undefined || !stats(real)?.isDirectory()) return false;
    await this.#descend(real, extension, new Set());
    return true;
  }

  async #descend(real: string, extension: string, above: ReadonlySet<string>): Promise<void> {
    if (above.has(real)) return;
    const within = new Set(above).add(real);
    this.#directories.set(real, null);
    for (const name of names(real)) {
      if (isSkipped(name)) continue;
      if (++this.#sinceYield % ENTRIES_A_TURN === 0) await new Promise(setImmediate);
      const full = join(real, name);
      if (linkTarget(full) !== undefined) this.followLinks(full);
      const found = stats(full);
      if (found?.isDirectory()) {
        const target = this.real(full);
        if (target !== undefined) await this.#descend(target, extension, within);
      } else if (name.endsWith(extension)) this.#note(full, found);
    }
  }

  #note(path: string, found: BigIntStats | undefined): void {
    this.#entries.push(`${path} ${identity(found)}`);
    if (found?.size === 0n) this.#empty.add(path);
  }
}

/** The times of a directory are left out: they change with any name in it, also such as nobody reads. */
function place(path: string): string {
  const found = stats(path);
  return found === undefined ? "-" : `${found.dev}:${found.ino}`;
}

function identity(found: BigIntStats | undefined): string {
  if (found === undefined) return "-";
  return `${found.dev}:${found.ino}:${found.mode}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}

function stats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
