import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { buildSnapshot, type Snapshot, withEntities } from "../pipeline/snapshot.js";
import type { PreparedSources } from "../sources/index.js";
import type { Store } from "../store/index.js";
import type { DecisionDesk } from "./decision-desk.js";
import type { Logger, ProjectEvent, ProjectOptions, ProjectStatus } from "./project-decider.js";
import { ProjectError, summariseDiagnostics } from "./project-error.js";
import type { LoadedProject, ProjectLoader } from "./project-loader.js";
import type { ProjectSources } from "./project-sources.js";
import { ProjectWatch } from "./project-watch.js";
import { saveBundle } from "./saved-bundles.js";
import type { Settings } from "./settings.js";

type Content = NonNullable<LoadedProject["content"]>;

/**
 * Keeps a decider at the newest valid version of its folder. A version is built and
 * validated aside and swapped in by one assignment; one that is not valid changes
 * nothing but the status.
 */
export class ProjectReload {
  readonly #loader: ProjectLoader;
  readonly #desk: DecisionDesk;
  readonly #store: Store | null;
  readonly #sources: ProjectSources;
  readonly #logger: Logger | undefined;
  readonly #listeners: Record<ProjectEvent, Set<(status: ProjectStatus) => void>> = {
    reload: new Set(),
    reload_failed: new Set(),
  };
  readonly #watch: ProjectWatch | undefined;
  /** Reloads run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Whether the last reload failed for a reason that is not in the folder. */
  #obstructed = false;
  settings: Settings;
  status: ProjectStatus;

  constructor(
    loader: ProjectLoader,
    loaded: LoadedProject,
    desk: DecisionDesk,
    { store, sources }: { store: Store | null; sources: ProjectSources },
    options: ProjectOptions,
  ) {
    this.#loader = loader;
    this.#desk = desk;
    this.#store = store;
    this.#sources = sources;
    this.#logger = options.logger;
    this.settings = loaded.settings;
    this.status = okStatus(loaded, desk.snapshot.bundle.id, new Date().toISOString());
    if ((options.watch ?? true) && options.oneShot !== true) {
      const onSettled = async () => {
        await this.now();
        return this.#obstructed ? "retry" : "done";
      };
      this.#watch = new ProjectWatch(loaded.scan, () => loader.scan(), onSettled);
    }
  }

  on(event: ProjectEvent, listener: (status: ProjectStatus) => void): () => void {
    this.#listeners[event].add(listener);
    return () => this.#listeners[event].delete(listener);
  }

  /** Reads the folder now. Never rejects: what is wrong is in the status. */
  now(): Promise<ProjectStatus> {
    const done = this.#queue.then(() => this.#reload());
    this.#queue = done;
    return done;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.close();
    await this.#queue;
  }

  async #reload(): Promise<ProjectStatus> {
    if (this.#closed) return this.status;
    const started = performance.now();
    this.#obstructed = false;
    try {
      const loaded = await this.#loader.load();
      if (loaded.content === undefined) this.#refuse(summariseDiagnostics(loaded.diagnostics), loaded);
      else await this.#accept(loaded, loaded.content, started);
    } catch (error) {
      this.#obstructed = !(error instanceof ProjectError && error.code === "project_missing");
      if (!(error instanceof ProjectError)) this.#logger?.error({ err: error }, "reading the project failed");
      this.#refuse(error instanceof Error ? error.message : String(error), undefined);
    }
    return this.status;
  }

  async #accept(loaded: LoadedProject, { bundle, store }: Content, started: number): Promise<void> {
    const { snapshot } = this.#desk;
    const healed = this.status.state === "stale";
    const sameBundle = snapshot.bundle.id === bundle.id;
    const sameSources = (["sources", "resolve"] as const).every((key) =>
      isDeepStrictEqual(this.settings[key], loaded.settings[key]),
    );
    if (sameBundle && sameSources && snapshot.store === store) {
      this.#takeSettings(loaded.settings);
      this.status = okStatus(loaded, bundle.id, this.status.loadedAt);
      if (healed) this.#announce(started);
      return;
    }
    // Reading it took its time: whoever asked meanwhile is answered before it is made ready.
    await nextTurn();
    const prepared = await this.#sources.prepare(loaded.settings, bundle.schema);
    let next: Snapshot;
    if (sameBundle) next = withEntities(snapshot, store);
    else {
      next = buildSnapshot(bundle, store);
      await this.#save(bundle, prepared);
    }
    this.#sources.commit(prepared);
    this.#desk.snapshot = this.#sources.attach(next, loaded.settings);
    this.#takeSettings(loaded.settings);
    this.status = okStatus(loaded, bundle.id, new Date().toISOString());
    this.#announce(started);
  }

  async #save(bundle: Content["bundle"], prepared: PreparedSources): Promise<void> {
    try {
      await saveBundle(this.#store, bundle);
    } catch (error) {
      await this.#sources.discard(prepared);
      throw error;
    }
  }

  /** The log, the store and the server were set up once. */
  #takeSettings(settings: Settings): void {
    const fixed = (["log", "store", "server"] as const).filter(
      (key) => !isDeepStrictEqual(this.settings[key], settings[key]),
    );
    this.settings = settings;
    if (fixed.length > 0)
      this.#logger?.warn({ settings: fixed }, "changed settings take effect at the next start");
  }

  #announce(started: number): void {
    const ms = Math.round(performance.now() - started);
    this.#logger?.info(
      { bundle: this.status.bundleId, entities: this.status.entities, ms },
      "project reloaded",
    );
    this.#emit("reload");
  }

  #refuse(message: string, loaded: LoadedProject | undefined): void {
    const { state, bundleId, loadedAt, entities } = this.status;
    this.status = {
      state: "stale",
      bundleId,
      loadedAt,
      entities,
      diagnostics: loaded?.diagnostics ?? [],
      texts: loaded?.texts ?? new Map(),
      lastReloadError: { at: new Date().toISOString(), message },
    };
    const first = state === "ok" ? "the project is no longer valid" : "the project is still not valid";
    this.#logger?.warn(
      { bundle: bundleId, reason: message },
      `${first}; the last good version keeps answering`,
    );
    this.#emit("reload_failed");
  }

  #emit(event: ProjectEvent): void {
    for (const listener of this.#listeners[event]) {
      try {
        listener(this.status);
      } catch (error) {
        this.#logger?.error({ err: error }, `a listener of \`${event}\` failed`);
      }
    }
  }
}

function okStatus(loaded: LoadedProject, bundleId: string, loadedAt: string): ProjectStatus {
  return {
    state: "ok",
    bundleId,
    loadedAt,
    entities: loaded.entityCount,
    diagnostics: loaded.diagnostics,
    texts: loaded.texts,
  };
}
