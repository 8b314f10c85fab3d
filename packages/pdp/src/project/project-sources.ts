import { resolve } from "node:path";
import type { ResolvedSchema } from "@cordon/engine";
import { type Snapshot, withSources } from "../pipeline/snapshot.js";
import type { ScimDirectory } from "../scim/directory.js";
import {
  LiveContext,
  LiveSource,
  type PreparedSources,
  type SourceChange,
  SourceError,
  SourceHost,
} from "../sources/index.js";
import type { ProjectOptions, SourceStatus, SourcesView } from "./project-decider.js";
import { ProjectError } from "./project-error.js";
import type { Settings } from "./settings.js";

/** How long what a new version has no use for stays open, for the decisions that began with it. */
const FAREWELL_MS = 5_000;

/** The sources of an open project. */
export class ProjectSources implements SourcesView {
  readonly #host: SourceHost;
  readonly #farewells = new Set<{ timer: NodeJS.Timeout; close: () => Promise<void> }>();
  readonly #listeners = new Set<(source: string, ms: number) => void>();
  readonly #measured = new WeakSet<LiveSource>();

  constructor(directory: string, { store }: Settings, { sources, logger }: ProjectOptions) {
    const storePath = resolve(directory, store.path);
    this.#host = new SourceHost({ directory, logger, storePath, inCode: sources ?? [] });
  }

  /** @throws ProjectError `source_invalid` */
  async open(settings: Settings, schema: ResolvedSchema | null): Promise<void> {
    try {
      this.commit(await this.prepare(settings, schema));
    } catch (error) {
      await this.#host.close();
      throw error;
    }
  }

  /**
   * Opens what another version of the project declares, aside.
   *
   * @throws ProjectError `source_invalid`
   */
  async prepare({ sources }: Settings, schema: ResolvedSchema | null): Promise<PreparedSources> {
    try {
      return await this.#host.prepare(sources, schema);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new ProjectError(
        "source_invalid",
        `the source \`${error.source}\` can't be opened: ${error.message}`,
        error.help,
      );
    }
  }

  /** Puts it in use. Decisions that are under way end with what they began with. */
  commit(prepared: PreparedSources): void {
    const close = this.#host.commit(prepared);
    const farewell = {
      timer: setTimeout(() => {
        this.#farewells.delete(farewell);
        void close();
      }, FAREWELL_MS),
      close,
    };
    farewell.timer.unref();
    this.#farewells.add(farewell);
    for (const source of this.#host.set?.sources ?? []) this.#measure(source);
  }

  discard(prepared: PreparedSources): Promise<void> {
    return this.#host.discard(prepared);
  }

  /** A snapshot that asks the sources in use. */
  attach(snapshot: Snapshot, { resolve }: Settings): Snapshot {
    const { rounds, deadline, ahead } = resolve;
    return withSources(snapshot, this.#host.set, { rounds, deadlineMs: deadline, ahead });
  }

  list(): readonly SourceStatus[] {
    const { set } = this.#host;
    return set === null ? [] : [...set.sources, ...set.contexts].map(statusOf);
  }

  invalidate(name: string, change: SourceChange): boolean {
    const source = this.#host.set?.sources.find((one) => one.name === name);
    source?.changed(change);
    return source !== undefined;
  }

  get provisioning(): ScimDirectory | null {
    const [source] = this.#host.set?.sources.flatMap(({ provisioning }) => provisioning ?? []) ?? [];
    return source ?? null;
  }

  async probe(): Promise<readonly SourceStatus[]> {
    await Promise.all((this.#host.set?.sources ?? []).map((source) => source.probe()));
    return this.list();
  }

  onQuestion(listener: (source: string, ms: number) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    const closing = [...this.#farewells].map(({ timer, close }) => {
      clearTimeout(timer);
      return close();
    });
    await Promise.all(closing);
    await this.#host.close();
  }

  #measure(source: LiveSource): void {
    if (this.#measured.has(source)) return;
    this.#measured.add(source);
    source.health.onQuestion((ms) => {
      for (const listener of this.#listeners) listener(source.name, ms);
    });
  }
}

function statusOf(source: LiveSource | LiveContext): SourceStatus {
  const { name, kind } = source;
  const provided = source instanceof LiveSource ? source.provides : source.vouchesFor;
  const status = {
    name,
    kind,
    provides: [...provided].map(([type, { attributes, parents, tags }]) => ({
      type,
      attributes: [...attributes],
      parents: [...parents],
      tags,
    })),
    members: source instanceof LiveContext ? [...source.members] : [],
    health: source.status(),
  };
  if (source instanceof LiveContext) return { ...status, waiting: 0 };
  return { ...status, cache: source.cacheCounts(), waiting: source.waiting };
}
