import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkProject, type Settings } from "@cordon/pdp";
import { parse } from "yaml";
import { CommandError, InvalidProject } from "../failure.js";

const settingsFile = "cordon.yaml";
/** As in the decision point: a project without settings needn't be read to know it. */
const defaultStorePath = ".cordon/cordon.db";

/**
 * The settings of a project alone, also while its policies are broken.
 * @throws InvalidProject where `cordon.yaml` itself is
 */
async function projectSettings(folder: string): Promise<Settings> {
  const { settings, diagnostics, texts } = await checkProject(folder);
  const broken = diagnostics.filter(({ file, severity }) => file === settingsFile && severity === "error");
  if (broken.length > 0) throw new InvalidProject(folder, broken, texts);
  return settings;
}

/**
 * The file in which the project keeps decisions, bundles and keys. Looks at that one setting only, because
 * a glance into the log shouldn't wait for policies and entities to be read.
 */
export async function findStore(folder: string): Promise<string> {
  const text = await readSettingsFile(folder);
  if (text === undefined) return resolve(folder, defaultStorePath);
  const path = settingAt(text, ["store", "path"]);
  if (path === undefined) return resolve(folder, defaultStorePath);
  // What doesn't look right is left to those who know all settings and can say what is wrong.
  return typeof path === "string" && path !== ""
    ? resolve(folder, path)
    : storePath(folder, await projectSettings(folder));
}

export function storePath(folder: string, { store }: Settings): string {
  return resolve(folder, store.path);
}

async function readSettingsFile(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, settingsFile), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandError("unreadable_file", `can't read \`${join(folder, settingsFile)}\``, {
      help: (cause as Error).message,
      cause,
    });
  }
}

/** The value at a path of keys; undefined where it is not set, null where the text is not what it should be. */
function settingAt(text: string, path: readonly string[]): unknown {
  try {
    let value: unknown = parse(text, { logLevel: "silent" }) ?? {};
    for (const key of path) {
      if (value === undefined) return undefined;
      if (typeof value !== "object" || value === null) return null;
      value = (value as Record<string, unknown>)[key];
    }
    return value;
  } catch {
    return null;
  }
}
