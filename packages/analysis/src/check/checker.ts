import { checkPolicies, type Diagnostic, PolicyCache, type SchemaResult } from "@cordon/cedar";
import {
  type EntityFileCache,
  loadEntities,
  loadProject,
  readSettings,
  type Settings,
  settingsSchema,
} from "@cordon/pdp/project";
import { type LintDiagnostic, ProjectLinter, type SourceText } from "../lint/index.js";
import { IdIndex } from "./id-index.js";
import { levelsOf } from "./lint-settings.js";
import { ProjectLayout, SETTINGS_FILE } from "./project-layout.js";

/** What an editor shows, by file; files without a finding are left out. */
export type DiagnosticsByFile = ReadonlyMap<string, readonly LintDiagnostic[]>;

/** Kept findings of texts that nobody has any more are dropped after this many changes. */
const CHANGES_BETWEEN_SWEEPS = 300;

/** Reads a project folder for `createChecker`. */
export async function openChecker(directory: string): Promise<Checker> {
  const { texts } = await loadProject(directory);
  return createChecker(texts);
}

/** @param files texts by path, relative to the project and with `/`; tests and other files are ignored */
export function createChecker(files: Iterable<readonly [path: string, text: string]>): Checker {
  return new Checker(files);
}

/**
 * Checks a project whose files are edited one at a time, as `cordon check` does but for the tests and the links of
 * templates. An edit of a policy file costs what that file costs and a look at all policies; an edit of the schema or
 * the settings costs a check of everything.
 */
export class Checker {
  readonly #texts: Map<string, string>;
  readonly #linter = new ProjectLinter();
  readonly #cache = new PolicyCache();
  readonly #ids = new IdIndex();
  readonly #ofPolicies = new Map<string, readonly Diagnostic[]>();
  #settings: Settings = settingsSchema.parse({});
  #ofSettings: readonly Diagnostic[] = [];
  #schema: { path: string; text: string; result: SchemaResult } | null = null;
  #entities: EntityFileCache | undefined;
  #changes = 0;
  #found: DiagnosticsByFile;

  constructor(files: Iterable<readonly [string, string]>) {
    this.#texts = new Map(files);
    this.#found = this.#checkAll();
  }

  diagnostics(): DiagnosticsByFile {
    return this.#found;
  }

  /** The texts as they were last given. */
  texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** @param text the file's new text, or null where it is gone */
  update(path: string, text: string | null): DiagnosticsByFile {
    const before = this.#layout().roleOf(path);
    const isNew = this.#texts.has(path) !== (text !== null);
    if (text === null) this.#texts.delete(path);
    else this.#texts.set(path, text);
    const role = this.#layout().roleOf(path);
    this.#changes += 1;
    const isLocal = role === before && (role === "policy" || role === "entities" || role === "other");
    if (!isLocal || (isNew && role === "policy") || this.#changes % CHANGES_BETWEEN_SWEEPS === 0) {
      this.#found = this.#checkAll();
    } else if (role !== "other") {
      if (role === "policy" && text !== null) this.#checkFiles([{ path, text }]);
      this.#found = this.#gather();
    }
    return this.#found;
  }

  #layout(): ProjectLayout {
    return new ProjectLayout(this.#settings, this.#texts.keys());
  }

  #checkAll(): DiagnosticsByFile {
    const settings = this.#texts.get(SETTINGS_FILE);
    const read = settings === undefined ? undefined : readSettings(SETTINGS_FILE, settings);
    // Broken settings must not send the check of everything else to other folders.
    if (read === undefined) this.#settings = settingsSchema.parse({});
    else if (read.settings !== undefined) this.#settings = read.settings;
    this.#ofSettings = read?.diagnostics ?? [];
    this.#readSchema();
    this.#ofPolicies.clear();
    this.#checkFiles(this.#policyFiles());
    this.#cache.sweep();
    return this.#gather();
  }

  #readSchema(): void {
    const path = this.#settings.schema ?? "schema.cedarschema";
    const text = this.#texts.get(path);
    this.#schema = text === undefined ? null : { path, text, result: this.#cache.schema(path, text) };
  }

  #policyFiles(): SourceText[] {
    const layout = this.#layout();
    return [...this.#texts].flatMap(([path, text]) =>
      layout.roleOf(path) === "policy" ? { path, text } : [],
    );
  }

  #checkFiles(files: readonly SourceText[]): void {
    const byFile = new Map<string, Diagnostic[]>(files.map(({ path }) => [path, []]));
    for (const diagnostic of checkPolicies(files, this.#schema, this.#cache)) {
      if (diagnostic.code !== "policy_id_duplicate") byFile.get(diagnostic.file)?.push(diagnostic);
    }
    for (const [path, diagnostics] of byFile) this.#ofPolicies.set(path, diagnostics);
  }

  #gather(): DiagnosticsByFile {
    const { levels, diagnostics: ofLevels } = levelsOf(this.#settings, this.#texts.get(SETTINGS_FILE));
    const policies = this.#policyFiles();
    const schema = this.#schema;
    const ofSchema =
      schema === null ? [] : schema.result.ok ? schema.result.warnings : schema.result.diagnostics;
    return this.#linter.lint({
      policies,
      schema: schema && { ...schema, resolved: schema.result.ok ? schema.result.schema : null },
      levels,
      tested: null,
      diagnostics: [
        ...this.#ofSettings,
        ...ofLevels,
        ...ofSchema,
        ...[...this.#ofPolicies.values()].flat(),
        ...this.#ids.duplicates(policies),
        ...this.#entityDiagnostics(),
      ],
    });
  }

  #entityDiagnostics(): readonly Diagnostic[] {
    const layout = this.#layout();
    const files = [...this.#texts].flatMap(([path, text]) =>
      layout.roleOf(path) === "entities" ? { path, text } : [],
    );
    const schema = this.#schema?.result.ok ? this.#schema.result.schema : null;
    const loaded = loadEntities(files, schema, this.#schema?.text ?? "", this.#entities);
    this.#entities = loaded.cache;
    return loaded.diagnostics;
  }
}
