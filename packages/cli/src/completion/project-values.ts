import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle, ResolvedSchema } from "@cordon/engine";
import { findProject } from "../project/folder.js";
import type { ProjectValue } from "./command-table.js";

/** More would scroll away: then the types are offered first. */
const MAX_OFFERED = 200;
/** An id that a shell takes as it is, unquoted. */
const PLAIN_ID = /^[\w.@%+=/-]+$/;
const ENTITY = /^((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)::/;

export interface Wanted {
  readonly of: ProjectValue;
  /** What is typed of the word so far. */
  readonly prefix: string;
  /** The project folder as given; empty for the nearest. */
  readonly project: string;
  /** The command's arguments before this word. */
  readonly before: readonly string[];
}

/** Words of a project that may stand where the line ends, in the order in which they are to be offered. */
export async function projectValues({ of, prefix, project, before }: Wanted): Promise<string[]> {
  const folder = findProject(project === "" ? undefined : project);
  const bundle = await readBundle(folder);
  if (of === "policy") return starting(prefix, Object.keys(bundle?.sources ?? {}).sort());
  const schema = bundle?.schema ?? null;
  if (of === "action") return starting(prefix, actionNames(schema, before));
  const types = entityTypes(of, schema, before);
  const all = starting(prefix, await entities(folder, types));
  if (all.length <= MAX_OFFERED || prefix.includes("::")) return all;
  return starting(prefix, [...new Set(all.map((uid) => `${ENTITY.exec(uid)?.[1]}::`))]);
}

function starting(prefix: string, words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith(prefix));
}

/** As the project was when it was last opened, which is quick; else as it is. */
async function readBundle(folder: string): Promise<Bundle | undefined> {
  const kept = await readJson<{ bundle?: Bundle }>(join(folder, ".cordon", "bundle.json"));
  if (kept?.bundle !== undefined) return kept.bundle;
  const { checkProject } = await import("@cordon/pdp");
  return (await checkProject(folder)).bundle;
}

/** Those that can be asked about, for the type of principal that is there already. */
function actionNames(schema: ResolvedSchema | null, [principal = ""]: readonly string[]): string[] {
  const type = ENTITY.exec(principal)?.[1];
  return Object.values(schema?.actions ?? {})
    .filter(({ principalTypes }) =>
      type === undefined ? principalTypes.length > 0 : principalTypes.includes(type),
    )
    .map(({ uid }) => uid.id)
    .sort();
}

/** The types that may stand there; undefined for any, where there is no schema. */
function entityTypes(
  of: "principal" | "resource",
  schema: ResolvedSchema | null,
  [, action]: readonly string[],
): ReadonlySet<string> | undefined {
  if (schema === null) return undefined;
  const actions = Object.values(schema.actions);
  const asked = of === "resource" ? actions.filter(({ uid }) => uid.id === action) : [];
  const relevant = asked.length > 0 ? asked : actions;
  return new Set(relevant.flatMap((each) => (of === "principal" ? each.principalTypes : each.resourceTypes)));
}

/** What the project's files have of these types. Files that can't be read have nothing. */
async function entities(folder: string, types: ReadonlySet<string> | undefined): Promise<string[]> {
  const base = join(folder, "entities");
  const names = await readdir(base, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json"));
  const read = await Promise.all(files.map((name) => readJson<EntityEntry[]>(join(base, name))));
  const found = read.flat().flatMap((entry) => {
    const uid = entry?.uid?.__entity ?? entry?.uid;
    if (typeof uid?.type !== "string" || typeof uid.id !== "string") return [];
    return PLAIN_ID.test(uid.id) && (types?.has(uid.type) ?? true) ? [`${uid.type}::${uid.id}`] : [];
  });
  return [...new Set(found)].sort();
}

interface Uid {
  type?: unknown;
  id?: unknown;
}
interface EntityEntry {
  uid?: Uid & { __entity?: Uid };
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}
