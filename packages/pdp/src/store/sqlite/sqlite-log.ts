import { setTimeout as sleep } from "node:timers/promises";
import { AppendQueue } from "../../log/append-queue.js";
import { columnText, encodeRecord } from "../../log/body.js";
import { deriveKey } from "../../log/chain.js";
import type {
  DecisionLog,
  DecisionLogOptions,
  LogFilter,
  LogPage,
  LogStats,
  RetentionStats,
  VerifyOptions,
  VerifyResult,
} from "../../log/decision-log.js";
import type { DecisionRecordInput, StoredRecord } from "../../log/record.js";
import { Redactor } from "../../log/redaction.js";
import { StoreError } from "../../store-error.js";
import { InlineWriter, ThreadWriter } from "./batch-writers.js";
import type { Connection } from "./connection.js";
import { cursorAfter, selectPage } from "./log-query.js";
import { verifyLog } from "./log-verify.js";
import { openReader } from "./open.js";
import type { RetentionReport } from "./retention.js";
import type { RecordRow } from "./stored-rows.js";
import { RECORD_COLUMNS, storedRecord } from "./stored-rows.js";

const QUEUE_LIMIT = 10_000;
const WAIT_LIMIT_MS = 5_000;
const FOLLOW_POLL_MS = 50;
const FOLLOW_PAGE = 200;

export interface SqliteLogOptions {
  path: string;
  secret: Buffer;
  busyTimeoutMs: number;
  log: DecisionLogOptions;
  onClose: () => void;
}

/** The decision log in the store's file. */
export class SqliteDecisionLog implements DecisionLog {
  readonly #options: SqliteLogOptions;
  readonly #queue: AppendQueue;
  readonly #redactor: Redactor;
  #reader: Connection | null = null;
  #closed = false;
  readonly #retention: RetentionStats = { removed: 0, failures: 0, problem: null };

  constructor(options: SqliteLogOptions) {
    this.#options = options;
    const { mode = "durable", queueLimit = QUEUE_LIMIT, waitLimitMs = WAIT_LIMIT_MS } = options.log;
    requirePositive("queueLimit", queueLimit);
    this.#redactor = new Redactor(options.log.redact ?? [], deriveKey(options.secret, "redaction"));
    const { path, secret, busyTimeoutMs } = options;
    const writerOptions = { path, secret, busyTimeoutMs, retention: retentionOf(options.log) };
    const onRetention = (report: RetentionReport) => this.#takeReport(report);
    const Writer = options.log.thread === false ? InlineWriter : ThreadWriter;
    const writer = new Writer(writerOptions, onRetention);
    this.#queue = new AppendQueue(writer, { mode, limit: queueLimit, waitLimitMs });
  }

  async append(record: DecisionRecordInput): Promise<void> {
    return this.#queue.append(encodeRecord(this.#redactor.apply(record)));
  }

  async list(filter: LogFilter = {}): Promise<LogPage> {
    const connection = this.#read();
    return connection.read(() => {
      const { rows, more, order } = selectPage<RecordRow>(connection, filter, RECORD_COLUMNS);
      const records = rows.map(storedRecord);
      const last = records.at(-1);
      return { records, next: more && last !== undefined ? cursorAfter(last.seq, order) : null };
    });
  }

  async get(id: string): Promise<StoredRecord | undefined> {
    const sql = `SELECT ${RECORD_COLUMNS} FROM decisions WHERE id = ?`;
    const row = this.#read().one<RecordRow>(sql, columnText(id));
    return row === undefined ? undefined : storedRecord(row);
  }

  async verify(options: VerifyOptions = {}): Promise<VerifyResult> {
    this.#refuseClosed();
    // a connection of its own: its snapshot lasts as long as the verification
    const connection = openReader(this.#options.path);
    try {
      return await verifyLog(connection, this.#options.secret, options);
    } finally {
      connection.close();
    }
  }

  async *follow(afterSeq: number | "now", signal: AbortSignal): AsyncIterable<StoredRecord> {
    const connection = this.#read();
    const sql = `SELECT ${RECORD_COLUMNS} FROM decisions WHERE seq > ? ORDER BY seq LIMIT ${FOLLOW_PAGE}`;
    let after = afterSeq === "now" ? newestSeq(connection) : afterSeq;
    let seen = -1;
    while (!signal.aborted && !this.#closed) {
      const version = connection.dataVersion();
      if (version === seen) {
        await sleep(FOLLOW_POLL_MS, undefined, { signal }).catch(() => undefined);
        continue;
      }
      const rows = connection.all<RecordRow>(sql, after);
      // a full page may have more behind it: look again before waiting for a change
      if (rows.length < FOLLOW_PAGE) seen = version;
      for (const row of rows) {
        if (signal.aborted) return;
        after = row.seq;
        yield storedRecord(row);
      }
    }
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#queue.close();
    } finally {
      this.#reader?.close();
      this.#reader = null;
      this.#options.onClose();
    }
  }

  stats(): LogStats {
    return { ...this.#queue.stats(), retention: { ...this.#retention } };
  }

  #takeReport({ removed, problem }: RetentionReport): void {
    const before = this.#retention.problem;
    this.#retention.removed += removed;
    this.#retention.problem = problem;
    if (problem !== null) this.#retention.failures++;
    if (problem === before) return;
    const { logger } = this.#options.log;
    if (problem === null) logger?.info({ store: this.#options.path }, "the decision log's retention goes on");
    else logger?.warn({ store: this.#options.path, problem }, "the decision log's retention stopped");
  }

  #read(): Connection {
    this.#refuseClosed();
    this.#reader ??= openReader(this.#options.path);
    return this.#reader;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError("log_closed", "the decision log is closed");
  }
}

function newestSeq(connection: Connection): number {
  return connection.one<{ seq: number | null }>("SELECT max(seq) AS seq FROM decisions")?.seq ?? 0;
}

function retentionOf(options: DecisionLogOptions): NonNullable<DecisionLogOptions["retention"]> {
  const { maxAgeDays, maxBytes } = options.retention ?? {};
  if (maxAgeDays !== undefined) requirePositive("retention.maxAgeDays", maxAgeDays);
  if (maxBytes !== undefined) requirePositive("retention.maxBytes", maxBytes);
  return options.retention ?? {};
}

function requirePositive(name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new StoreError("filter_invalid", `\`${name}\` is ${value}, but must be above 0`);
}
