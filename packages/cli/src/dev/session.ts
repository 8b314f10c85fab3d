import { checkFolder } from "@cordon/analysis/check";
import { renderExplanation } from "@cordon/engine";
import { ProjectError, type ProjectStatus } from "@cordon/pdp";
import { startServer } from "@cordon/pdp/http";
import { type Logger, pino } from "pino";
import { watchFiles } from "../project/watch.js";
import { renderDiagnostics } from "../render/diagnostics.js";
import { openServing, type Serving } from "../serve/opening.js";
import { checkServeOptions, listenSettings, type ServeOptions } from "../serve/options.js";
import type { Page } from "./screen.js";
import { type DevState, initialState, lastDeny, type ServedBundle, withDecision } from "./state.js";

/**
 * Serves a project, and checks and tests it whenever it changes. A project with errors is waited for: it is served once
 * it has none, and from then on the last good version goes on answering.
 */
export class DevSession {
  readonly #folder: string;
  readonly #options: ServeOptions;
  readonly #show: (state: DevState) => void;
  readonly #ended = new AbortController();
  #state: DevState;
  #serving: Serving | null = null;
  #closeServer: () => Promise<void> = async () => {};
  /** Checks run one after the other. */
  #checks: Promise<void> = Promise.resolve();

  constructor(folder: string, options: ServeOptions, show: (state: DevState) => void) {
    this.#folder = folder;
    this.#options = options;
    this.#show = show;
    this.#state = initialState(folder);
  }

  /** Until `end` is called. @throws what can't be mended by editing the project, such as a port that is taken */
  async run(): Promise<void> {
    this.#change({});
    try {
      await watchFiles(this.#folder, this.#ended.signal, async () => {
        if (this.#serving === null) await this.#open();
        await this.check();
      });
    } finally {
      this.#ended.abort();
      await this.#closeServer();
      await this.#serving?.close();
    }
  }

  end(): void {
    this.#ended.abort();
  }

  check(): Promise<void> {
    this.#checks = this.#checks.then(async () => {
      try {
        const report = await checkFolder(this.#folder);
        this.#change({ checked: { report, at: new Date() } });
      } catch (error) {
        this.#change({ note: (error as Error).message });
      }
    });
    return this.#checks;
  }

  clearDecisions(): void {
    this.#change({ decisions: [] });
  }

  /** Why the last deny was one, by the bundle of then; null where there was none. */
  async whyLastDeny(color: boolean): Promise<Page | null> {
    const record = lastDeny(this.#state);
    if (record === undefined || this.#serving === null) return null;
    const { explanation } = await this.#serving.decider.replay(record.id);
    const { principal, action, resource } = record.request;
    const title = `${principal.type}::${principal.id} ${action.id} ${resource.type}::${resource.id}`;
    return { title, text: renderExplanation(explanation, { color }) };
  }

  problems(color: boolean): Page | null {
    const { checked } = this.#state;
    if (checked === null) return null;
    const { diagnostics, texts } = checked.report;
    const title = diagnostics.length === 0 ? "no problems" : "problems";
    return { title, text: renderDiagnostics(diagnostics, texts, color) };
  }

  #change(change: Partial<DevState>): void {
    this.#state = { ...this.#state, ...change };
    this.#show(this.#state);
  }

  async #open(): Promise<void> {
    const { logMode } = checkServeOptions(this.#options);
    const logger = this.#logger();
    try {
      this.#serving = await openServing(this.#folder, logMode, { watch: true, logger });
    } catch (error) {
      // What is wrong is found by the check as well, which says it in full.
      if (error instanceof ProjectError && error.code === "project_invalid") return;
      throw error;
    }
    const { decider, store } = this.#serving;
    for (const event of ["reload", "reload_failed"] as const)
      decider.on(event, (status) => this.#change({ bundle: served(status, this.#policies()) }));
    const server = await startServer({
      ...listenSettings(this.#options, decider.settings, decider.directory),
      decider,
      logger,
      keys: store.keys,
      publicUrl: this.#options.publicUrl,
    });
    this.#closeServer = () => server.close();
    this.#change({
      url: server.url,
      logs: decider.log !== null,
      bundle: served(decider.status, this.#policies()),
    });
    void this.#follow();
  }

  #policies(): number {
    const policies = this.#serving?.decider.bundle.policies;
    if (policies === undefined) return 0;
    return Object.keys(policies.staticPolicies).length + policies.templateLinks.length;
  }

  async #follow(): Promise<void> {
    const log = this.#serving?.decider.log;
    if (log === undefined || log === null) return;
    try {
      for await (const record of log.follow("now", this.#ended.signal)) {
        this.#state = withDecision(this.#state, record);
        this.#show(this.#state);
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#change({ note: (error as Error).message });
    }
  }

  /** The server's warnings become a line of the screen, but for those that it has a place for or that go without saying. */
  #logger(): Logger {
    const write = (line: string) => {
      const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
      if (!/^the project is (no longer|still not) valid|^there is no API key/.test(msg ?? ""))
        this.#change({ note: [msg, err?.message].filter((part) => part !== undefined).join(": ") });
    };
    return pino({ level: "warn", base: null }, { write });
  }
}

function served(status: ProjectStatus, policies: number): ServedBundle {
  const { bundleId, entities, loadedAt, lastReloadError } = status;
  const stale = lastReloadError?.message ?? null;
  return { id: bundleId, policies, entities, loadedAt: new Date(loadedAt), stale };
}
