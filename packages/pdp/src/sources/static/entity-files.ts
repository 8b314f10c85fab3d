import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { decodeEntity, EngineError, type EntityData, type ResolvedSchema } from "@cordon/engine";
import { JsonError, parseJson } from "@cordon/engine/json";

/** What a set of files says, all of it, and how to tell whether they say something else by now. */
export interface EntitySet {
  readonly entities: ReadonlyMap<string, ReadonlyMap<string, EntityData>>;
  readonly stamp: Stamp;
}

/** What files look like from outside. */
export interface Stamp {
  readonly text: string;
  /** A file changed so shortly before that another change would leave the same stamp. */
  readonly fresh: boolean;
}

/** Files that can't be used, with words for people: names of files, and no data. */
export class UnusableFiles extends Error {
  override readonly name = "UnusableFiles";
}

/** Clocks of file systems go in steps of some milliseconds. */
const CLOCK_STEP_MS = 50;

/** @param paths absolute, of files and folders. @throws UnusableFiles */
export async function stampOf(paths: readonly string[]): Promise<Stamp> {
  const parts: string[] = [];
  let newest = 0;
  for (const path of await filesOf(paths)) {
    const { mtimeMs, ctimeMs, size, ino } = await orUnusable(path, stat(path));
    parts.push(`${path}:${ino}:${size}:${mtimeMs}`);
    newest = Math.max(newest, mtimeMs, ctimeMs);
  }
  return { text: parts.join("\n"), fresh: Date.now() - newest < CLOCK_STEP_MS };
}

/** @throws UnusableFiles for the first thing that is wrong in any of them */
export async function readEntities(
  paths: readonly string[],
  schema: ResolvedSchema | null,
): Promise<EntitySet> {
  const stamp = await stampOf(paths);
  const entities = new Map<string, Map<string, EntityData>>();
  for (const path of await filesOf(paths)) {
    for (const entity of await entitiesOf(path, schema)) {
      const { type, id } = entity.uid;
      const ofType = entities.get(type) ?? new Map<string, EntityData>();
      entities.set(type, ofType);
      if (ofType.has(id)) throw new UnusableFiles(`\`${basename(path)}\` has \`${entity.uid}\` once more`);
      ofType.set(id, entity);
    }
  }
  return { entities, stamp };
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!(await orUnusable(path, stat(path))).isDirectory()) files.push(path);
    else {
      const names = await orUnusable(path, readdir(path));
      files.push(
        ...names
          .filter((name) => name.endsWith(".json"))
          .sort()
          .map((name) => join(path, name)),
      );
    }
  }
  return files;
}

async function entitiesOf(path: string, schema: ResolvedSchema | null): Promise<EntityData[]> {
  const name = basename(path);
  try {
    const json = parseJson(await orUnusable(path, readFile(path, "utf8")));
    if (!Array.isArray(json)) throw new UnusableFiles(`\`${name}\` is no list of entities`);
    return json.map((entity, index) => decodeEntity(entity, schema, `/${index}`));
  } catch (error) {
    if (error instanceof JsonError) {
      throw new UnusableFiles(`\`${name}\` can't be read in line ${error.line}: ${error.message}`);
    }
    if (error instanceof EngineError)
      throw new UnusableFiles(`\`${name}\` at ${error.path}: ${error.message}`);
    throw error;
  }
}

async function orUnusable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new UnusableFiles(`\`${basename(path)}\` can't be read (${code})`);
  }
}
