import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkProject, type Settings } from "@cordon/pdp";
import { InvalidProject } from "./failure.js";

const settingsFile = "cordon.yaml";

/**
 * The settings of a project alone, for what must work while its policies are broken.
 * @throws InvalidProject where `cordon.yaml` itself is
 */
export async function projectSettings(folder: string): Promise<Settings> {
  const { settings, diagnostics, texts } = await checkProject(folder);
  const broken = diagnostics.filter(({ file, severity }) => file === settingsFile && severity === "error");
  if (broken.length > 0) throw new InvalidProject(folder, broken, texts);
  return settings;
}

/** The file in which the project keeps decisions, bundles and keys. */
export async function findStore(folder: string): Promise<string> {
  if (!existsSync(join(folder, settingsFile))) return resolve(folder, defaultStorePath);
  return storePath(folder, await projectSettings(folder));
}

export function storePath(folder: string, { store }: Settings): string {
  return resolve(folder, store.path);
}

/** As in the decision point: a project without settings needn't be read to know it. */
const defaultStorePath = ".cordon/cordon.db";
