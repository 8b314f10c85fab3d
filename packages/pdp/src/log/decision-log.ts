import type { DecisionRecordInput, StoredRecord } from "./record.js";
import type { RedactionRule } from "./redaction.js";

/**
 * `durable`: an append resolves once its record is on disk. `buffered`: it resolves once the record has a
 * place in the bounded queue; a crash of the process loses what is queued, nothing else does.
 */
export type LogMode = "durable" | "buffered";

export interface RetentionOptions {
  /** Records older than this many days are removed. */
  maxAgeDays?: number;
  /** The oldest records are removed while the store's used pages exceed this many bytes. */
  maxBytes?: number;
}

export interface DecisionLogOptions {
  /** Default `durable`. */
  mode?: LogMode;
  /** Records that may wait for the disk; an append beyond it waits. Default 10,000. */
  queueLimit?: number;
  /** Milliseconds an append waits for room before it rejects with `log_unavailable`. Default 5,000. */
  waitLimitMs?: number;
  redact?: readonly RedactionRule[];
  retention?: RetentionOptions;
  /** Write on a thread of its own, so that fsync and hashing never block the event loop. Default true. */
  thread?: boolean;
  /** Told when retention stops and when it goes on. */
  logger?: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/**
 * Which records to list. `principal`, `action` and `resource` take a full uid (`User::"ann"`), an entity
 * type (`User`) or a bare id (`ann`). All filters hold together.
 */
export interface LogFilter {
  principal?: string;
  action?: string;
  resource?: string;
  /** A policy that determined the decision, or whose evaluation failed. */
  policy?: string;
  decision?: "allow" | "deny";
  caller?: string;
  /** RFC 3339; inclusive. */
  since?: string;
  /** RFC 3339; exclusive. */
  until?: string;
  /** Records a page, 1 to 1,000. Default 50. */
  limit?: number;
  /** `next` of the page before. */
  cursor?: string;
  /** Default `newest` first. */
  order?: "newest" | "oldest";
}

export interface LogPage {
  records: StoredRecord[];
  /** Cursor of the next page; null when this page is the last. */
  next: string | null;
}

export type VerifyProblemKind =
  /** The bytes of a record, or its hash, are not what was written. */
  | "altered"
  /** Records are gone from the middle or the end. */
  | "missing"
  /** A record does not follow the one before it: moved, inserted, or its predecessor replaced. */
  | "out_of_order"
  /** A column used for filtering does not say what the record says. */
  | "index"
  /** A bundle that records name is not what they were decided by. */
  | "bundle"
  /** The anchor, which states first, last and count, was altered. */
  | "anchor"
  /** A retention checkpoint was altered or does not fit the records. */
  | "checkpoint";

export interface VerifyProblem {
  kind: VerifyProblemKind;
  seq: number | null;
  message: string;
}

export interface RetentionCheckpoint {
  /** Last record removed. */
  lastSeq: number;
  lastHash: string;
  /** Records removed by this checkpoint. */
  count: number;
  reason: "age" | "size";
  time: string;
}

export interface VerifyResult {
  ok: boolean;
  /** Records present and read. */
  records: number;
  firstSeq: number | null;
  lastSeq: number;
  /** The newest record's hash. Pin it somewhere else to notice even a rewrite of the whole file. */
  headHash: string;
  /** The first 1,000 problems; `problemCount` counts all. */
  problems: VerifyProblem[];
  problemCount: number;
  checkpoints: RetentionCheckpoint[];
  /** Things to know that are not damage, such as a replaced secret. */
  notes: string[];
}

export interface VerifyOptions {
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
  /** A head printed by an earlier verification: the log must still contain it. */
  pinned?: { seq: number; hash: string };
}

export interface RetentionStats {
  /** Records that this log removed. */
  removed: number;
  /** Looks at the log, one every few seconds, that found retention stopped. */
  failures: number;
  /** Why retention does not remove what it should; null while it does. */
  problem: string | null;
}

export interface LogStats {
  mode: LogMode;
  /** Records accepted and not yet on disk. */
  queued: number;
  /** Appends waiting for room in the queue. */
  waiting: number;
  /** Records this log put on disk. */
  written: number;
  /** Transactions that took. */
  commits: number;
  /** Appends rejected. */
  rejected: number;
  /** Writes that failed, retried or not. */
  failures: number;
  /** Newest sequence number this log wrote, 0 before the first. */
  lastSeq: number;
  lastError: string | null;
  retention: RetentionStats;
  /** False while the last write failed. */
  healthy: boolean;
}

/** The append-only, hash-chained record of decisions. */
export interface DecisionLog {
  /**
   * Writes one record; see {@link LogMode} for when it resolves. Rejects with a `StoreError` of code
   * `log_unavailable` where it could not be written. Appending the same record again is harmless.
   */
  append(record: DecisionRecordInput): Promise<void>;
  list(filter?: LogFilter): Promise<LogPage>;
  get(id: string): Promise<StoredRecord | undefined>;
  verify(options?: VerifyOptions): Promise<VerifyResult>;
  /** Every record after `afterSeq`, oldest first, then each new one, whichever process wrote it. */
  follow(afterSeq: number | "now", signal: AbortSignal): AsyncIterable<StoredRecord>;
  /** Resolves once everything appended so far is on disk. */
  flush(): Promise<void>;
  /** Flushes, then refuses further appends. */
  close(): Promise<void>;
  stats(): LogStats;
}
