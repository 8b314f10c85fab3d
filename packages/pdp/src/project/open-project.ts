import type {
  ActionSearch,
  DecideManyOptions,
  DecideOptions,
  Decision,
  DecisionFailure,
  DecisionRequest,
  Explained,
  FieldPlan,
  Fields,
  FoundAction,
  FoundEntity,
  PlanRequest,
  PrincipalSearch,
  ResourceSearch,
  SearchResult,
} from "@cordon/engine";
import type { RowPredicate } from "@cordon/planner";
import type { ProjectPlan } from "../pipeline/plan.js";
import { buildSnapshot } from "../pipeline/snapshot.js";
import { PageTokens } from "../search/page-token.js";
import { DecisionDesk } from "./decision-desk.js";
import type { ProjectDecider, ProjectEvent, ProjectOptions, ProjectStatus } from "./project-decider.js";
import { ProjectError, summariseDiagnostics } from "./project-error.js";
import { type LoadedProject, ProjectLoader } from "./project-loader.js";
import { openProjectLog, type ProjectLog } from "./project-log.js";
import { ProjectReload } from "./project-reload.js";
import { replayFrom } from "./project-replay.js";
import { ProjectSources } from "./project-sources.js";
import { saveBundle } from "./saved-bundles.js";

/**
 * Opens a policy project as an in-process decider: reads and validates the folder,
 * opens the decision log, and from then on follows edits of the folder.
 *
 * @param directory a folder with `policies/` (or with `.cedar` files directly in it)
 * @throws ProjectError `project_missing`, `project_invalid` with every diagnostic,, `source_invalid` or `store_unavailable`
 */
export async function openProject(directory: string, options: ProjectOptions = {}): Promise<ProjectDecider> {
  const loader = new ProjectLoader(directory, { oneShot: options.oneShot === true });
  const loaded = await loader.load();
  if (loaded.content === undefined) throw invalid(loaded, loader.directory);
  const journal = await openProjectLog(loader.directory, loaded.settings, options);
  const sources = new ProjectSources(loader.directory, loaded.settings, options);
  try {
    await saveBundle(journal.store, loaded.content.bundle);
    if (options.oneShot) loader.keepBundle();
    await sources.open(loaded.settings, loaded.content.bundle.schema);
  } catch (error) {
    await journal.close();
    throw error;
  }
  return new OpenProject(loader, loaded, loaded.content, { journal, sources }, options);
}

class OpenProject implements ProjectDecider {
  readonly directory: string;
  readonly #desk: DecisionDesk;
  readonly #reload: ProjectReload;
  readonly #journal: ProjectLog;
  readonly #sources: ProjectSources;
  #closing: Promise<void> | undefined;

  constructor(
    loader: ProjectLoader,
    loaded: LoadedProject,
    content: NonNullable<LoadedProject["content"]>,
    { journal, sources }: { journal: ProjectLog; sources: ProjectSources },
    options: ProjectOptions,
  ) {
    this.directory = loader.directory;
    this.#journal = journal;
    this.#sources = sources;
    const snapshot = sources.attach(buildSnapshot(content.bundle, content.store), loaded.settings);
    // Without a store, a search ends with the process that it began in.
    const tokens = new PageTokens(journal.store?.pagingKey);
    this.#desk = new DecisionDesk(snapshot, journal.log, options, tokens);
    this.#reload = new ProjectReload(loader, loaded, this.#desk, { store: journal.store, sources }, options);
  }

  get bundle() {
    return this.#desk.snapshot.bundle;
  }

  get settings() {
    return this.#reload.settings;
  }

  get status() {
    return this.#reload.status;
  }

  get log() {
    return this.#journal.log;
  }

  get store() {
    return this.#journal.store;
  }

  get sources() {
    return this.#sources;
  }

  decide(request: DecisionRequest, options?: DecideOptions): Promise<Decision> {
    return this.#desk.decide(request, options);
  }

  decideMany(
    requests: readonly DecisionRequest[],
    options?: DecideManyOptions,
  ): Promise<(Decision | DecisionFailure)[]> {
    return this.#desk.decideMany(requests, options);
  }

  explain(request: DecisionRequest, options?: DecideOptions): Promise<Explained> {
    return this.#desk.explain(request, options);
  }

  plan(request: PlanRequest, options?: DecideOptions): Promise<ProjectPlan> {
    return this.#desk.plan(request, options);
  }

  async fields(request: DecisionRequest, options?: DecideOptions): Promise<Fields> {
    const { askFields } = await import("../fields/ask-fields.js");
    return askFields(this.#desk, request, options);
  }

  async planFields(request: PlanRequest, options?: DecideOptions): Promise<FieldPlan<RowPredicate>> {
    const { planFields } = await import("../fields/ask-fields.js");
    return planFields(this.#desk, request, options);
  }

  searchResources(request: ResourceSearch, options?: DecideOptions): Promise<SearchResult<FoundEntity>> {
    return this.#desk.search("resource", request, options);
  }

  searchPrincipals(request: PrincipalSearch, options?: DecideOptions): Promise<SearchResult<FoundEntity>> {
    return this.#desk.search("principal", request, options);
  }

  searchActions(request: ActionSearch, options?: DecideOptions): Promise<SearchResult<FoundAction>> {
    return this.#desk.searchActions(request, options);
  }

  reload(): Promise<ProjectStatus> {
    return this.#reload.now();
  }

  replay(recordId: string) {
    return replayFrom(this.#journal, this.#desk.snapshot, recordId);
  }

  on(event: ProjectEvent, listener: (status: ProjectStatus) => void): () => void {
    return this.#reload.on(event, listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const idle = this.#desk.close();
    await this.#reload.close();
    await idle;
    await this.#sources.close();
    await this.#journal.close();
  }
}

function invalid({ diagnostics, texts }: LoadedProject, directory: string): ProjectError {
  return new ProjectError(
    "project_invalid",
    `the project \`${directory}\` is not valid: ${summariseDiagnostics(diagnostics)}`,
    "`cordon check` shows them all",
    { diagnostics, texts },
  );
}
