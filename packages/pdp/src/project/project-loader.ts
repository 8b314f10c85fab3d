import { readdir, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  type BuildResult,
  buildBundle,
  type Diagnostic,
  PolicyCache,
  type ProjectText,
  parseSchema,
  warmCache,
} from "@cordon/cedar";
import type { Bundle, EntityStore, ResolvedSchema } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { unknownActor } from "./actor-check.js";
import { BundleCache } from "./bundle-cache.js";
import { didYouMean } from "./did-you-mean.js";
import { type EntityFileCache, loadEntities } from "./entity-files.js";
import { unfitFields } from "./field-check.js";
import { type Scan, scanProject } from "./fingerprint.js";
import { ProjectError } from "./project-error.js";
import {
  byCodeUnits,
  DEFAULT_POLICIES,
  isDirectory,
  type ProjectFiles,
  ProjectReader,
  SETTINGS_FILE,
  type SourceFile,
} from "./project-files.js";
import { defaultSettings, type Settings } from "./settings.js";
import { readSettings, type SettingsFile } from "./settings-file.js";

/** A project as it was read: all that is wrong with it, and where nothing is, what to serve. */
export interface LoadedProject {
  /** Errors and warnings of all files. */
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  readonly settings: Settings;
  readonly entityCount: number;
  readonly files: { readonly policies: number; readonly entities: number; readonly schema: boolean };
  /** Present unless there is an error. */
  readonly content?: { readonly bundle: Bundle; readonly store: EntityStore };
  readonly scan: Scan;
}

/** Beside the decision store. */
const BUNDLE_FILE = "bundle.json";
/** How often a folder that keeps changing is read anew, and how long it is left alone in between. */
const MAX_READS = 40;
const PAUSE_MS = 25;

/** Reads one project again and again, keeping of the time before what did not change. */
export class ProjectLoader {
  readonly directory: string;
  readonly #policies = new PolicyCache();
  #built: { project: ProjectText; result: BuildResult; isKept: boolean } | undefined;
  readonly #oneShot: boolean;
  #entities: EntityFileCache | undefined;
  #settings: Settings = defaultSettings;

  /** @param options `oneShot`: the project is read once, so that a bundle kept from before may serve */
  constructor(directory: string, options: { oneShot?: boolean } = {}) {
    this.directory = resolve(directory);
    this.#oneShot = options.oneShot ?? false;
  }

  /** What the folder looks like now, by the settings last read. */
  scan(): Promise<Scan> {
    return scanProject(this.directory, this.#settings);
  }

  /**
   * Reads the project; what comes back was all there at one moment.
   *
   * @throws ProjectError `project_missing`
   */
  async load(): Promise<LoadedProject> {
    for (let reads = 1; ; reads++) {
      const before = await this.scan();
      const texts = await this.#read();
      this.#settings = texts.settings;
      const after = await this.scan();
      if (before.fingerprint === after.fingerprint || reads === MAX_READS) {
        // A bundle that was kept needs no parser at all.
        if (!this.#oneShot) await warmCache(texts.files.policies, texts.files.schema ?? null, this.#policies);
        return this.#build(texts, after);
      }
      // Other settings look at other files, so that the next round alone can tell.
      if (reads > 2) await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
  }

  async #read(): Promise<ProjectTexts> {
    const root = await this.#realRoot();
    const reader = new ProjectReader(root);
    const file = await reader.settings();
    const read = file === undefined ? undefined : readSettings(file.path, file.text);
    // Broken settings must not send the check of everything else to other folders.
    const settings = read === undefined ? defaultSettings : (read.settings ?? this.#settings);
    const locate: SettingsFile["locate"] = (path) => read?.locate(path);
    const files = await reader.files(settings, locate);
    const diagnostics = [
      ...(read?.diagnostics ?? []),
      ...reader.diagnostics,
      ...(await misnamedSettings(root)),
    ];
    if (files.policies.length === 0 && !diagnostics.some((d) => d.severity === "error")) {
      diagnostics.push(await noPolicies(root, settings));
    }
    const others = file === undefined ? reader.lossy : [...reader.lossy, file];
    return { settings, locate, files, others, diagnostics };
  }

  async #realRoot(): Promise<string> {
    let root: string | undefined;
    try {
      root = await realpath(this.directory);
    } catch {
      // Not there, or not to be reached: said below.
    }
    if (root !== undefined && (await isDirectory(root))) return root;
    const what = root === undefined ? "there is no folder" : "this is a file, not a folder:";
    throw new ProjectError(
      "project_missing",
      `${what} \`${this.directory}\``,
      "name the folder that holds `policies/`",
    );
  }

  /** In several turns, so that requests are answered in between. */
  async #build(read: ProjectTexts, scan: Scan): Promise<LoadedProject> {
    const { files, settings } = read;
    const built = this.#bundle(files, settings);
    await nextTurn();
    const fromCedar = built.ok ? built.warnings : built.diagnostics;
    const schema = built.ok ? built.bundle.schema : schemaAlone(files);
    const entities = loadEntities(files.entities, schema, files.schema?.text ?? "", this.#entities);
    this.#entities = entities.cache;
    const diagnostics = [
      ...read.diagnostics,
      ...fromCedar.map((d) => placeInSettings(d, read.locate)),
      ...unknownAliases(settings, schema, read.locate),
      ...unknownActor(settings, schema, read.locate),
      ...unfitFields(settings, schema, read.locate),
      ...entities.diagnostics,
    ].sort(bySeverityAndPlace);
    const valid =
      built.ok && entities.store !== undefined && diagnostics.every((d) => d.severity !== "error");
    return {
      diagnostics,
      texts: textsOf(read),
      settings,
      entityCount: entities.count,
      files: {
        policies: files.policies.length,
        entities: files.entities.length,
        schema: files.schema !== undefined,
      },
      scan,
      ...(valid ? { content: { bundle: built.bundle, store: entities.store as EntityStore } } : {}),
    };
  }

  /** Other entities leave the bundle as it was, and the parser out of it. */
  #bundle(files: ProjectFiles, settings: Settings): BuildResult {
    const project: ProjectText = {
      policies: files.policies.map(({ path, text }) => ({ path, text })),
      ...(files.schema === undefined ? {} : { schema: { path: files.schema.path, text: files.schema.text } }),
      settings: bundledSettings(settings),
    };
    if (this.#built === undefined || !isDeepStrictEqual(this.#built.project, project)) {
      const kept = this.#oneShot ? this.#cache(project, settings).read() : undefined;
      this.#built = {
        project,
        result: kept ?? buildBundle(project, this.#policies),
        isKept: kept !== undefined,
      };
    }
    return this.#built.result;
  }

  /** Keeps the bundle last built for who next opens the project for a single question. */
  keepBundle(): void {
    if (this.#built?.result.ok !== true || this.#built.isKept) return;
    this.#cache(this.#built.project, this.#settings).write(this.#built.result);
    this.#built.isKept = true;
  }

  #cache(project: ProjectText, { store }: Settings): BundleCache {
    return new BundleCache(resolve(this.directory, dirname(store.path), BUNDLE_FILE), project);
  }
}

interface ProjectTexts {
  readonly settings: Settings;
  /** Files besides that a diagnostic can name. */
  readonly others: readonly SourceFile[];
  readonly locate: SettingsFile["locate"];
  readonly files: ProjectFiles;
  readonly diagnostics: Diagnostic[];
}

/** Only what decisions depend on: how the log is kept makes no other bundle. */
function bundledSettings(settings: Settings): Record<string, JsonValue> {
  const links = settings.links.map((link) => ({ ...link }) as Record<string, JsonValue>);
  const { identity, fields } = settings;
  return {
    types: { ...settings.types },
    links,
    ...(identity === undefined ? {} : { identity }),
    ...(fields === undefined ? {} : { fields: fields as unknown as JsonValue }),
  };
}

/** The schema of a project whose policies are broken, so that its entities are checked all the same. */
function schemaAlone(files: ProjectFiles): ResolvedSchema | null {
  if (files.schema === undefined) return null;
  const parsed = parseSchema(files.schema.text, files.schema.path);
  return parsed.ok ? parsed.schema : null;
}

/** Gives a diagnostic of a setting its place in `cordon.yaml`. */
function placeInSettings(diagnostic: Diagnostic, locate: SettingsFile["locate"]): Diagnostic {
  if (diagnostic.settingsPath === undefined || diagnostic.range !== undefined) return diagnostic;
  const path = diagnostic.settingsPath
    .split("/")
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~")));
  const range = locate(path);
  return range === undefined ? diagnostic : { ...diagnostic, range };
}

/** Entity types that the setting `types` leads to and the schema does not have. */
function unknownAliases(
  { types }: Settings,
  schema: ResolvedSchema | null,
  locate: SettingsFile["locate"],
): Diagnostic[] {
  if (schema === null) return [];
  const unknown = Object.entries(types).filter(([, type]) => !Object.hasOwn(schema.entityTypes, type));
  return unknown.map(([alias, type]) => {
    const near = didYouMean(type, Object.keys(schema.entityTypes));
    const range = locate(["types", alias]);
    return {
      code: "settings_unknown_type",
      severity: "error",
      message: `the schema has no entity type \`${type}\``,
      help: near === undefined ? "name a type as the schema does" : `did you mean \`${near}\`?`,
      file: SETTINGS_FILE,
      ...(range === undefined ? {} : { range }),
    };
  });
}

function textsOf({ files, others }: ProjectTexts): Map<string, string> {
  const all = [...files.policies, ...files.entities, ...others];
  if (files.schema !== undefined) all.push(files.schema);
  return new Map(all.map(({ path, text }) => [path, text]));
}

function bySeverityAndPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.severity !== b.severity) return a.severity === "error" ? -1 : 1;
  return byCodeUnits(a.file, b.file) || (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1);
}

/** Settings under a name that nobody reads look as if they held. */
async function misnamedSettings(root: string): Promise<Diagnostic[]> {
  const names = (await readdir(root)).filter((name) => /^cordon\.(yml|json|toml)$/.test(name));
  return names.map((name) => ({
    code: "settings_not_read",
    severity: "warning",
    message: `\`${name}\` is not read: the settings of a project are in \`${SETTINGS_FILE}\``,
    help: `rename the file to \`${SETTINGS_FILE}\``,
    file: name,
  }));
}

async function noPolicies(root: string, settings: Settings): Promise<Diagnostic> {
  const folder = settings.policies ?? DEFAULT_POLICIES;
  const hasFolder = await isDirectory(resolve(root, folder));
  return {
    code: "no_policies",
    severity: "error",
    message: hasFolder ? `there is no policy in \`${folder}/\`` : "the project has no policies",
    help: hasFolder
      ? "put at least one `.cedar` file there: without any, everything is denied"
      : `put \`.cedar\` files into \`${folder}/\``,
    file: hasFolder ? folder : ".",
  };
}
