import { isDeepStrictEqual } from "node:util";
import type { ResolvedSchema } from "@cordon/engine";
import { optionsOf } from "./common-settings.js";
import type { ContextSource, SourceEnvironment, SourceLogger } from "./context-source.js";
import { isContextSource, type KindSettings } from "./kind.js";
import { askSources } from "./live/entity-question.js";
import { LiveContext } from "./live/live-context.js";
import { LiveSource } from "./live/live-source.js";
import { SourceSet } from "./live/source-set.js";
import { openDeclared } from "./open-declared.js";
import type { Source } from "./source.js";
import { SourceError } from "./source-error.js";

export interface SourceHostOptions {
  /** The project's folder. */
  readonly directory: string;
  readonly logger: SourceLogger | undefined;
  /** The file of the project's store. */
  readonly storePath?: string | undefined;
  /** Sources given in code; they are closed with the host. */
  readonly inCode: readonly (Source | ContextSource)[];
}

/** What `cordon.yaml` declares, by name. */
export type DeclaredSources = Readonly<Record<string, KindSettings>>;

interface Opened {
  /** Null: given in code. */
  readonly settings: KindSettings | null;
  readonly schema: ResolvedSchema | null;
  readonly live: LiveSource | LiveContext;
}

/**
 * The sources of a project through all of its versions. A version whose declaration of a source didn't change goes
 * on with it as it is, with what it keeps and its connections.
 */
export class SourceHost {
  readonly #options: SourceHostOptions;
  #opened = new Map<string, Opened>();
  #set: SourceSet | null = null;

  constructor(options: SourceHostOptions) {
    this.#options = options;
  }

  /** The sources in use; null where there are none. */
  get set(): SourceSet | null {
    return this.#set;
  }

  /**
   * Opens what a version of the project declares. Nothing changes until `commit`; who doesn't commit must `discard`.
   *
   * @throws SourceError `source_settings`
   */
  async prepare(declared: DeclaredSources, schema: ResolvedSchema | null): Promise<PreparedSources> {
    const opened = new Map<string, Opened>();
    const fresh: Opened[] = [];
    try {
      for (const [name, settings] of Object.entries(declared)) {
        const before = this.#opened.get(name);
        const same = before !== undefined && isSame(before, settings, schema);
        const entry = same ? before : await this.#open(name, settings, schema);
        if (!same) fresh.push(entry);
        opened.set(name, entry);
      }
      for (const source of this.#options.inCode) {
        if (opened.has(source.name)) throw namesake(source.name);
        const before = this.#opened.get(source.name);
        const same = before?.settings === null && isDeepStrictEqual(before.schema, schema);
        const entry = same ? before : inCode(source, schema, this.#options.logger);
        if (!same) fresh.push(entry);
        opened.set(source.name, entry);
      }
      const lives = [...opened.values()].map(({ live }) => live);
      const sources = lives.filter((live) => live instanceof LiveSource);
      const contexts = lives.filter((live) => live instanceof LiveContext);
      const set = lives.length === 0 ? null : new SourceSet(sources, contexts, schema);
      return { opened, fresh, set };
    } catch (error) {
      await endAll(fresh);
      throw error;
    }
  }

  /** Puts a version in use. What it has no use for any more is closed by the function returned. */
  commit({ opened, fresh, set }: PreparedSources): () => Promise<void> {
    const kept = new Set(opened.values());
    const dropped = [...this.#opened.values()].filter((entry) => !kept.has(entry));
    for (const { live } of fresh) if (live instanceof LiveSource) live.start();
    this.#opened = new Map(opened);
    this.#set = set;
    return () => endAll(dropped);
  }

  discard({ fresh }: PreparedSources): Promise<void> {
    return endAll(fresh);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#opened.values()].map(({ live }) => live.close()));
  }

  async #open(name: string, settings: KindSettings, schema: ResolvedSchema | null): Promise<Opened> {
    const { directory, logger, storePath } = this.#options;
    const ask: SourceEnvironment["ask"] = (question, signal) => askSources(this.#set, name, question, signal);
    const { source, secrets } = await openDeclared(settings, {
      name,
      directory,
      schema,
      logger,
      ask,
      storePath,
    });
    const options = { ...source.options, ...optionsOf(settings) };
    const live = isContextSource(source)
      ? new LiveContext(source, options, secrets)
      : new LiveSource({ source, options, schema, secrets, logger });
    return { settings, schema, live };
  }
}

export interface PreparedSources {
  readonly opened: ReadonlyMap<string, Opened>;
  readonly fresh: readonly Opened[];
  readonly set: SourceSet | null;
}

function inCode(
  source: Source | ContextSource,
  schema: ResolvedSchema | null,
  logger: SourceLogger | undefined,
): Opened {
  const options = source.options ?? {};
  const live = isContextSource(source)
    ? new LiveContext(source, options, [])
    : new LiveSource({ source, options, schema, secrets: [], logger });
  return { settings: null, schema, live };
}

/** Sources read by the schema, so another schema needs another opening. */
function isSame(before: Opened, settings: KindSettings, schema: ResolvedSchema | null): boolean {
  return isDeepStrictEqual(before.settings, settings) && isDeepStrictEqual(before.schema, schema);
}

function namesake(name: string): SourceError {
  return new SourceError(
    "source_settings",
    name,
    `\`${name}\` is given in code and declared in cordon.yaml`,
    "name them differently",
  );
}

/** A source given in code outlives what was around it. What doesn't close in order must not keep the rest open. */
async function endAll(entries: readonly Opened[]): Promise<void> {
  await Promise.allSettled(
    entries.map(({ settings, live }) => (settings === null ? live.release() : live.close())),
  );
}
