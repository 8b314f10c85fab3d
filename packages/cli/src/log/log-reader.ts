import type { Bundle, Explanation } from "@cordon/engine";
import type { LogFilter, LogPage, StoredRecord, VerifyResult } from "@cordon/pdp";
import { CommandError } from "../failure.js";

/** A decision log to look at, in a project's folder or behind a server. */
export interface LogReader {
  list(filter: LogFilter): Promise<LogPage>;
  get(id: string): Promise<StoredRecord | undefined>;
  verify(
    pinned: { seq: number; hash: string } | undefined,
    onProgress: (done: number, total: number) => void,
  ): Promise<VerifyResult>;
  /** Every record after `afterSeq`, then each new one, until `signal` is aborted. */
  follow(afterSeq: number, signal: AbortSignal): AsyncIterable<StoredRecord>;
  /** The recorded question, answered again by the bundle of that time. */
  replay(id: string): Promise<ReplayedDecision>;
  /** The bundle of this id; undefined where it is not kept, or behind a server is no longer the current one. */
  bundle(id: string): Promise<Bundle | undefined>;
  close(): Promise<void>;
}

export interface ReplayedDecision {
  same: boolean;
  differences: readonly string[];
  decision: "allow" | "deny";
  explanation: Explanation;
}

export interface LogLocation {
  project?: string;
  server?: string;
  key?: string;
}

/** Does `work` with the log that the options name, and closes it. */
export async function withLog<T>(location: LogLocation, work: (log: LogReader) => Promise<T>): Promise<T> {
  const log = await openLog(location);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

async function openLog({ project, server, key }: LogLocation): Promise<LogReader> {
  if (server === undefined) return (await import("./local-log.js")).openLocalLog(project);
  if (project !== undefined) {
    throw new CommandError("invalid_argument", "`--project` can't be used with `--server`", {
      help: "the server reads its own project's log",
    });
  }
  const { openRemoteLog } = await import("./remote-log.js");
  return openRemoteLog(server, key ?? process.env.CORDON_KEY);
}
