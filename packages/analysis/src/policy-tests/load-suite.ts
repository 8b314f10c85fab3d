import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostic } from "@cordon/cedar";
import { actionEntities, EntityStore } from "@cordon/engine";
import { type LoadedProject, loadProject } from "@cordon/pdp/project";
import { TESTS_FOLDER } from "./matrix-reader.js";
import { readTests, type TestProject } from "./read-tests.js";
import type { TestFile, TestSuite } from "./types.js";

export type LoadedSuite =
  | { readonly ok: true; readonly suite: TestSuite }
  /** Errors of the project, or of its tests. */
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      readonly texts: ReadonlyMap<string, string>;
    };

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a project and its tests.
 *
 * @param read the project, where it was read already
 * @throws ProjectError `project_missing`
 */
export async function loadSuite(directory: string, read?: LoadedProject): Promise<LoadedSuite> {
  const [project, yaml, snapshots] = await Promise.all([
    read ?? loadProject(directory),
    readFolder(directory, /\.ya?ml$/),
    readFolder(directory, /\.txt$/),
  ]);
  const texts = new Map([...project.texts, ...yaml.map(({ path, text }): [string, string] => [path, text])]);
  if (project.content === undefined) return { ok: false, diagnostics: project.diagnostics, texts };
  const { bundle, store } = project.content;
  const readAgainst: TestProject = {
    bundle,
    store,
    actionsOnly: EntityStore.from(bundle.schema === null ? [] : actionEntities(bundle.schema)),
    snapshots: new Map(snapshots.map(({ path, text }) => [path, text])),
  };
  const diagnostics: Diagnostic[] = [];
  const files: TestFile[] = [];
  for (const { path, text } of yaml) {
    const tests = readTests(path, text, readAgainst);
    diagnostics.push(...tests.diagnostics);
    if (tests.tests !== undefined) files.push(tests.tests);
  }
  if (diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics, texts };
  const schemaFile = bundle.schema === null ? undefined : (project.settings.schema ?? "schema.cedarschema");
  return { ok: true, suite: { directory, bundle, store, files, warnings: diagnostics, schemaFile, texts } };
}

/** The files below `tests/` of one kind, ordered by path. */
async function readFolder(directory: string, kind: RegExp): Promise<TextFile[]> {
  let names: string[];
  try {
    names = await readdir(join(directory, TESTS_FOLDER), { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const paths = names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => kind.test(name) && !name.split("/").some((part) => part.startsWith(".")))
    .sort();
  return Promise.all(
    paths.map(async (name) => {
      const path = `${TESTS_FOLDER}/${name}`;
      return { path, text: await readFile(join(directory, path), "utf8") };
    }),
  );
}
