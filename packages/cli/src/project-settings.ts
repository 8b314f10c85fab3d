import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { defaultSettings, readSettings, type Settings } from "@cordon/pdp";
import { InvalidProject } from "./failure.js";

/**
 * The settings of a project alone, for what must work while its policies are broken.
 * @throws InvalidProject where `cordon.yaml` itself is
 */
export async function projectSettings(folder: string): Promise<Settings> {
  const file = "cordon.yaml";
  let text: string;
  try {
    text = await readFile(join(folder, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return defaultSettings;
    throw error;
  }
  const { settings, diagnostics } = readSettings(file, text);
  if (settings !== undefined) return settings;
  throw new InvalidProject(folder, diagnostics, new Map([[file, text]]));
}

/** The file in which the project keeps decisions, bundles and keys. */
export function storePath(folder: string, settings: Settings): string {
  return resolve(folder, settings.store.path);
}
