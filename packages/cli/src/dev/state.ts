import type { ProjectReport } from "@cordon/analysis/check";
import type { StoredRecord } from "@cordon/pdp";

/** What answers now. */
export interface ServedBundle {
  readonly id: string;
  readonly policies: number;
  readonly entities: number;
  readonly loadedAt: Date;
  /** Why the newest files are not what answers; null where they are. */
  readonly stale: string | null;
}

/** What the last look at the project's files found. */
export interface Checked {
  readonly report: ProjectReport;
  readonly at: Date;
}

/** All that the screen of `cordon dev` shows. */
export interface DevState {
  /** As it was given. */
  readonly project: string;
  /** Null while there is nothing valid to serve yet. */
  readonly url: string | null;
  readonly bundle: ServedBundle | null;
  readonly checked: Checked | null;
  /** The newest last. */
  readonly decisions: readonly StoredRecord[];
  /** False where the decision log is off. */
  readonly logs: boolean;
  /** What the server last warned of. */
  readonly note: string | null;
}

const MAX_DECISIONS = 200;

export function initialState(project: string): DevState {
  return { project, url: null, bundle: null, checked: null, decisions: [], logs: true, note: null };
}

export function withDecision(state: DevState, record: StoredRecord): DevState {
  return { ...state, decisions: [...state.decisions, record].slice(-MAX_DECISIONS) };
}

export function lastDeny({ decisions }: DevState): StoredRecord | undefined {
  return decisions.findLast(({ decision }) => decision === "deny");
}
