import type { LogWriter } from "./log-writer.js";
import type { RetentionReport } from "./retention.js";

/** How often retention looks whether anything is to be done, and its pause between slices of work. */
const LOOK_MS = 2_000;
const SLICE_PAUSE_MS = 5;

/** Runs retention between writes, in slices, and tells of each that did something or could not. Returns what stops it. */
export function keepMaintained(writer: LogWriter, tell: (report: RetentionReport) => void): () => void {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const look = () => {
    const report = maintain(writer);
    if (report.removed > 0 || report.problem !== null || stopped) tell(report);
    stopped = report.problem !== null;
    schedule(report.more ? SLICE_PAUSE_MS : LOOK_MS);
  };
  const schedule = (delay: number) => {
    timer = setTimeout(look, delay);
    timer.unref();
  };
  schedule(SLICE_PAUSE_MS);
  return () => clearTimeout(timer);
}

function maintain(writer: LogWriter): RetentionReport {
  try {
    return writer.maintain();
  } catch (error) {
    // the disk's trouble shows in the appends as well; retention tries again at the next look
    return { removed: 0, more: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
