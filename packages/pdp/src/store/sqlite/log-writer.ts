import { statSync } from "node:fs";
import type { WriteReport } from "../../log/batch-writer.js";
import type { EncodedRecord } from "../../log/body.js";
import type { Anchor } from "../../log/chain.js";
import { linkHash, Sealer } from "../../log/chain.js";
import type { RetentionOptions } from "../../log/decision-log.js";
import { StoreError } from "../../store-error.js";
import { continueAnchor, writeAnchor } from "./anchor-table.js";
import type { Connection, SqlValue } from "./connection.js";
import { sqliteCode } from "./connection.js";
import { openWriter } from "./open.js";
import { Retention, type RetentionReport } from "./retention.js";

export interface LogWriterOptions {
  path: string;
  secret: Uint8Array;
  busyTimeoutMs: number;
  retention: RetentionOptions;
}

/** Rows an INSERT carries: the call across the native boundary costs more than a row does. */
const ROWS = 32;
const COLUMNS = 14;
const INSERT_RECORD = "INSERT INTO decisions VALUES ";
const INSERT_POLICY = "INSERT INTO decision_policies VALUES ";

/**
 * Writes batches of records, synchronously. The end of the chain is read inside the transaction that
 * extends it, so several processes may write one file and never fork the chain.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #sealer: Sealer;
  #connection: Connection | null = null;
  #file: string | null = null;
  #retention: Retention | null = null;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#sealer = new Sealer(Buffer.from(options.secret));
  }

  /** Throws `log_unavailable` where nothing was written; the next call starts afresh. */
  write(batch: readonly EncodedRecord[]): WriteReport {
    try {
      return this.#inTransaction((connection) => this.#append(connection, batch, []));
    } catch (error) {
      if (!sqliteCode(error).startsWith("SQLITE_CONSTRAINT")) throw this.#unavailable(error);
    }
    try {
      return this.#inTransaction((connection) => this.#appendNew(connection, batch));
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** Does one slice of retention. */
  maintain(): RetentionReport {
    const { maxAgeDays, maxBytes } = this.#options.retention;
    if (maxAgeDays === undefined && maxBytes === undefined) return { removed: 0, more: false, problem: null };
    try {
      const connection = this.#open();
      this.#retention ??= new Retention(connection, this.#sealer, this.#options.retention);
      return this.#retention.slice();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  close(): void {
    this.#retention = null;
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }

  #open(): Connection {
    if (this.#connection !== null) return this.#connection;
    const { path, busyTimeoutMs } = this.#options;
    this.#file = fileIdentity(path);
    if (this.#file === null) {
      throw new StoreError("log_unavailable", `the decision log can't be written: \`${path}\` is gone`, {
        help: "put the file back, or start again to begin a new log",
      });
    }
    this.#connection = openWriter(path, busyTimeoutMs);
    return this.#connection;
  }

  #inTransaction(work: (connection: Connection) => WriteReport): WriteReport {
    // what is written to a file that was removed, or replaced by a backup, is gone once it is closed
    if (this.#connection !== null && fileIdentity(this.#options.path) !== this.#file) this.close();
    const connection = this.#open();
    return connection.write(() => work(connection));
  }

  #append(
    connection: Connection,
    batch: readonly EncodedRecord[],
    rejected: WriteReport["rejected"],
  ): WriteReport {
    const anchor = continueAnchor(connection, this.#sealer);
    const chained = chain(connection, anchor, batch);
    insert(connection, INSERT_RECORD, COLUMNS, chained.records);
    insert(connection, INSERT_POLICY, 2, chained.policies);
    writeAnchor(connection, this.#sealer, chained.anchor);
    return { lastSeq: chained.anchor.lastSeq, rejected };
  }

  /** As `#append`, leaving out what the log already holds: a batch may be written again after a doubtful end. */
  #appendNew(connection: Connection, batch: readonly EncodedRecord[]): WriteReport {
    const fresh = new Map<string, EncodedRecord>();
    const rejected: WriteReport["rejected"] = [];
    for (const [index, record] of batch.entries()) {
      const { id } = record.columns;
      const stored = connection.one<{ body: string }>("SELECT body FROM decisions WHERE id = ?", id);
      const present = fresh.get(id)?.body ?? stored?.body;
      if (present === undefined) fresh.set(id, record);
      else if (present !== record.body) {
        const message = `the log holds another record with the id \`${id}\``;
        rejected.push({ index, code: "duplicate_id", message });
      }
    }
    return this.#append(connection, [...fresh.values()], rejected);
  }

  /** After an error the connection's state is unknown: the next write opens a new one. */
  #unavailable(cause: unknown): StoreError {
    try {
      this.close();
    } catch {
      // closing a broken connection may fail as well, and changes nothing
    }
    if (cause instanceof StoreError && cause.code === "log_unavailable") return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    return new StoreError("log_unavailable", `the decision log can't be written: ${message}`, {
      cause,
      help: helpFor(sqliteCode(cause), this.#options.path),
    });
  }
}

/** Device and inode; null where there is no file. */
function fileIdentity(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

function helpFor(code: string, path: string): string {
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return `another process holds a lock on \`${path}\``;
  }
  if (code.startsWith("SQLITE_FULL")) return "the disk is full";
  if (code.startsWith("SQLITE_READONLY")) return `\`${path}\` or its folder can't be written to`;
  return `check the disk and the permissions of \`${path}\``;
}

/** Values of rows, one after the other: an array for each row would cost as much as its hash. */
interface Chained {
  records: SqlValue[];
  policies: SqlValue[];
  anchor: Anchor;
}

function chain(connection: Connection, anchor: Anchor, batch: readonly EncodedRecord[]): Chained {
  const records: SqlValue[] = [];
  const policies: SqlValue[] = [];
  // a row beyond the anchor was put there by somebody else; it keeps its place and `verify` finds it
  const newest = connection.one<{ seq: number | null }>("SELECT max(seq) AS seq FROM decisions")?.seq ?? 0;
  let seq = Math.max(anchor.lastSeq, newest);
  let previous = anchor.lastHash;
  for (const { columns: c, body } of batch) {
    seq++;
    const hash = linkHash(previous, body);
    const { principalType, principalId, actionType, actionId, resourceType, resourceId } = c;
    records.push(
      seq,
      c.id,
      c.time,
      principalType,
      principalId,
      actionType,
      actionId,
      resourceType,
      resourceId,
    );
    records.push(c.decision, c.caller, previous, hash, body);
    for (const policy of c.policies) policies.push(policy, seq);
    previous = hash;
  }
  const count = anchor.count + batch.length;
  return { records, policies, anchor: { ...anchor, lastSeq: seq, lastHash: previous, count } };
}

function insert(connection: Connection, head: string, columns: number, values: readonly SqlValue[]): void {
  const row = `(${Array(columns).fill("?").join(",")})`;
  const many = head + Array(ROWS).fill(row).join(",");
  const step = columns * ROWS;
  let from = 0;
  for (; from + step <= values.length; from += step) connection.run(many, values.slice(from, from + step));
  for (; from < values.length; from += columns)
    connection.run(head + row, values.slice(from, from + columns));
}
