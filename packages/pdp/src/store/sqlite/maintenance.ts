import type { LogWriter } from "./log-writer.js";

/** How often retention looks whether anything is to be done, and its pause between slices of work. */
const LOOK_MS = 2_000;
const SLICE_PAUSE_MS = 5;

/** Runs retention between writes, in slices. Returns what stops it. */
export function keepMaintained(writer: LogWriter): () => void {
  let timer: NodeJS.Timeout;
  const look = () => {
    let more = false;
    try {
      more = writer.maintain();
    } catch {
      // the disk's trouble shows in the appends; retention tries again at the next look
    }
    schedule(more ? SLICE_PAUSE_MS : LOOK_MS);
  };
  const schedule = (delay: number) => {
    timer = setTimeout(look, delay);
    timer.unref();
  };
  schedule(SLICE_PAUSE_MS);
  return () => clearTimeout(timer);
}
