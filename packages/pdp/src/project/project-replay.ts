import type { DecisionLog } from "../log/index.js";
import { type Replay, replayRecord, replaySnapshot } from "../pipeline/replay.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import type { Store } from "../store/index.js";
import { ProjectError } from "./project-error.js";
import type { ProjectLog } from "./project-log.js";

/**
 * Answers a recorded decision again, from its record and the bundle that it names. Needs
 * no project: one whose policies no longer validate can still account for what it decided.
 *
 * @throws ProjectError `log_off`, `record_missing`, `bundle_missing` or `not_replayable`
 */
export function replayDecision(log: DecisionLog, store: Store, recordId: string): Promise<Replay> {
  return replayFrom({ log, store }, null, recordId);
}

/** The same, sparing the preparation of the bundle that is current. */
export async function replayFrom(
  { log, store }: Pick<ProjectLog, "log" | "store">,
  current: Snapshot | null,
  recordId: string,
): Promise<Replay> {
  if (log === null) {
    throw new ProjectError(
      "log_off",
      "no decisions are logged here",
      "set `log: { mode: durable }` in cordon.yaml",
    );
  }
  const record = await log.get(recordId);
  if (record === undefined) {
    throw new ProjectError(
      "record_missing",
      `the log has no decision \`${recordId}\``,
      "`cordon log` lists those it has; retention may have removed it",
    );
  }
  if (record.search !== undefined) {
    throw new ProjectError("not_replayable", `\`${recordId}\` is a search, and no decision`, "search again");
  }
  if (record.plan !== undefined) {
    throw new ProjectError("not_replayable", `\`${recordId}\` is a plan, and no decision`, "plan again");
  }
  if (record.bundleId === current?.bundle.id) return replayRecord(record, current);
  const bundle = await store?.bundle(record.bundleId);
  if (bundle === undefined) {
    throw new ProjectError(
      "bundle_missing",
      `the store has no bundle \`${record.bundleId}\`, by which \`${recordId}\` was decided`,
      "replay it where it was decided",
    );
  }
  return replayRecord(record, replaySnapshot(bundle));
}
