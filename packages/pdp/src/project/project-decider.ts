import type { Diagnostic } from "@cordon/cedar";
import type {
  Bundle,
  DecideOptions,
  Decider,
  FieldDecider,
  FieldPlan,
  Planner,
  PlanRequest,
  Searcher,
} from "@cordon/engine";
import type { RowPredicate } from "@cordon/planner";
import type { DecisionLog, LogMode } from "../log/index.js";
import type { ProjectPlan } from "../pipeline/plan.js";
import type { Replay } from "../pipeline/replay.js";
import type { ScimDirectory } from "../scim/directory.js";
import type { CacheCounts, ContextSource, Source, SourceChange, SourceHealth } from "../sources/index.js";
import type { Store } from "../store/index.js";
import type { Settings } from "./settings.js";

/** What the decider serves from, and whether the folder still says the same. */
export interface ProjectStatus {
  /** `stale`: the folder no longer validates, so the last good bundle keeps answering. */
  readonly state: "ok" | "stale";
  readonly bundleId: string;
  /** When the bundle and entities that answer now were swapped in, RFC 3339. */
  readonly loadedAt: string;
  /** Entities in the project's files, actions not counted. */
  readonly entities: number;
  /** Warnings of what is served, or when stale, the errors of what is not. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file that `diagnostics` can name. */
  readonly texts: ReadonlyMap<string, string>;
  /** When and why the newest version of the folder was refused; absent when `state` is `ok`. */
  readonly lastReloadError?: { readonly at: string; readonly message: string };
}

/** The few methods of a structured logger that the decider needs; pino's loggers have them. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ProjectOptions {
  /** A store opened by the caller, who also closes it. */
  store?: Store;
  /** Sources beside those that `cordon.yaml` declares; they are closed with the decider. */
  sources?: readonly (Source | ContextSource)[];
  /** Where decisions are written; `false` writes none. By default as `cordon.yaml` says, else durable. */
  log?: DecisionLog | false;
  /** How decisions are written, instead of what `cordon.yaml` says; without effect where `log` is given. */
  logMode?: LogMode | "off";
  /** The source of `now`; for tests and simulations. */
  clock?: () => Date;
  /** Whether edits in the folder take effect while running (default true). The watch never keeps a process alive. */
  watch?: boolean;
  /**
   * The project is opened for a single question (default false): edits are not followed, decisions are written
   * on the calling thread, and a bundle kept in `.cordon/` by such a use before may answer, so that whoever can
   * write that folder can change the answer.
   */
  oneShot?: boolean;
  logger?: Logger;
  /** Who asks, in the log, where `DecideOptions.caller` does not say (default `in-process`). */
  caller?: string;
}

export type ProjectEvent = "reload" | "reload_failed";

/** How one source is doing. */
export interface SourceStatus {
  readonly name: string;
  readonly kind: string;
  /** Entity types, and what it knows of each. */
  readonly provides: readonly {
    readonly type: string;
    readonly attributes: readonly string[];
    readonly parents: readonly string[];
    readonly tags: boolean;
  }[];
  /** Members of the context that it gives. */
  readonly members: readonly string[];
  readonly health: SourceHealth;
  /** Absent for sources of context. */
  readonly cache?: CacheCounts;
  /** Ids that wait to be asked for. */
  readonly waiting: number;
}

/** The sources of a project, for those who run it. */
export interface SourcesView {
  list(): readonly SourceStatus[];
  /**
   * Forgets what was fetched before a change, so that the next decision asks anew. Returns false where there is no
   * source of that name that keeps anything.
   */
  invalidate(name: string, change: SourceChange): boolean;
  /** What an identity provider's pushes go to: the source of kind `scim`; null where there is none. */
  readonly provisioning: ScimDirectory | null;
  /** Asks each source for an entity that is nowhere; the health of each then says how that went. */
  probe(): Promise<readonly SourceStatus[]>;
  /** Calls `listener` with the time that each question to what lies behind a source took, in milliseconds. */
  onQuestion(listener: (source: string, ms: number) => void): void;
}

/** The decision point over one policy project: the in-process `Decider`. */
export interface ProjectDecider extends Decider, Planner, Searcher, FieldDecider {
  plan(request: PlanRequest, options?: DecideOptions): Promise<ProjectPlan>;
  planFields(request: PlanRequest, options?: DecideOptions): Promise<FieldPlan<RowPredicate>>;
  /** The folder as given to `openProject`, made absolute. */
  readonly directory: string;
  readonly bundle: Bundle;
  readonly settings: Settings;
  readonly status: ProjectStatus;
  readonly log: DecisionLog | null;
  readonly store: Store | null;
  readonly sources: SourcesView;
  /** Reads the folder again now; the status tells whether it was taken. */
  reload(): Promise<ProjectStatus>;
  /** Answers a recorded decision again from what its record and its bundle hold. */
  replay(recordId: string): Promise<Replay>;
  /** Calls `listener` after each swap (`reload`) or refusal (`reload_failed`); returns how to stop. */
  on(event: ProjectEvent, listener: (status: ProjectStatus) => void): () => void;
  /** Stops watching, waits for decisions in flight, flushes the log and closes what this decider opened. */
  close(): Promise<void>;
}
