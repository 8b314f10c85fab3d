import { decodeBody, policiesOf } from "../../log/body.js";
import type { Anchor, LogEvent, Sealer } from "../../log/chain.js";
import type { RetentionOptions } from "../../log/decision-log.js";
import { addEvent, continueAnchor, writeAnchor } from "./anchor-table.js";
import type { Connection } from "./connection.js";

/** Records one transaction removes: small, because appends wait for it. */
const SLICE = 500;
const VACUUM_PAGES = 500;
const DAY_MS = 86_400_000;

/** What one slice of retention did. */
export interface RetentionReport {
  removed: number;
  /** Whether more is to be done at once. */
  more: boolean;
  /** Why what should go can't go; null where nothing is in the way. */
  problem: string | null;
}

interface Candidate {
  seq: number;
  time: number;
  hash: string;
  body: string;
}

/**
 * Removes the oldest records, and leaves a checkpoint of what went, so that the rest stays verifiable from
 * there on. Only ever a prefix goes: a record whose time lies before its predecessors' waits for them.
 */
export class Retention {
  readonly #connection: Connection;
  readonly #sealer: Sealer;
  readonly #options: RetentionOptions;
  #truncationDue = false;
  #problem: string | null = null;

  constructor(connection: Connection, sealer: Sealer, options: RetentionOptions) {
    this.#connection = connection;
    this.#sealer = sealer;
    this.#options = options;
  }

  /** One small transaction. */
  slice(): RetentionReport {
    this.#problem = null;
    const removed = this.#removeByAge() || this.#removeBySize();
    return { removed, more: removed > 0 || this.#shrink(), problem: this.#problem };
  }

  #removeByAge(): number {
    const { maxAgeDays } = this.#options;
    if (maxAgeDays === undefined) return 0;
    const cutoff = Date.now() - maxAgeDays * DAY_MS;
    if ((this.#oldest(1)[0]?.time ?? cutoff) >= cutoff) return 0;
    return this.#connection.write(() => {
      const rows = this.#oldest(SLICE);
      const keep = rows.findIndex((row) => row.time >= cutoff);
      return this.#remove(keep === -1 ? rows : rows.slice(0, keep), "age");
    });
  }

  #removeBySize(): number {
    const { maxBytes } = this.#options;
    if (maxBytes === undefined || this.#usedBytes() <= maxBytes) return 0;
    return this.#connection.write(() => {
      const rows = this.#oldest(SLICE + 1);
      // the newest record always stays, however small the limit
      return this.#remove(rows.slice(0, Math.min(SLICE, rows.length - 1)), "size");
    });
  }

  #oldest(limit: number): Candidate[] {
    return this.#connection.all("SELECT seq, time, hash, body FROM decisions ORDER BY seq LIMIT ?", limit);
  }

  /** Returns how many went. */
  #remove(rows: readonly Candidate[], reason: "age" | "size"): number {
    const last = rows.at(-1);
    if (last === undefined) return 0;
    const anchor = continueAnchor(this.#connection, this.#sealer);
    // records that are already missing were not removed by retention: `verify` must go on reporting them
    if (rows[0]?.seq !== anchor.firstSeq || last.seq - anchor.firstSeq + 1 !== rows.length) {
      this.#problem = `records between ${anchor.firstSeq} and ${last.seq} are missing, and retention removes nothing across a gap`;
      return 0;
    }
    for (const row of rows) this.#removePolicies(row);
    this.#connection.run("DELETE FROM decisions WHERE seq <= ?", [last.seq]);
    const time = new Date().toISOString();
    const event: LogEvent = {
      kind: "retention",
      lastSeq: last.seq,
      lastHash: last.hash,
      count: rows.length,
      reason,
      time,
    };
    const trimmed: Anchor = {
      ...anchor,
      firstSeq: last.seq + 1,
      firstPrevious: last.hash,
      count: anchor.count - rows.length,
    };
    writeAnchor(this.#connection, this.#sealer, addEvent(this.#connection, trimmed, event));
    return rows.length;
  }

  #removePolicies(row: Candidate): void {
    const sql = "DELETE FROM decision_policies WHERE policy = ? AND seq = ?";
    for (const policy of policiesOf(decodeBody(row.body))) this.#connection.run(sql, [policy, row.seq]);
  }

  #usedBytes(): number {
    const pages = this.#connection.pragma("page_count") - this.#connection.pragma("freelist_count");
    return pages * this.#connection.pragma("page_size");
  }

  /** Gives freed pages back to the file system. */
  #shrink(): boolean {
    const free = this.#connection.pragma("freelist_count");
    if (free > 0) {
      this.#connection.all(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
      this.#truncationDue = true;
      if (this.#connection.pragma("freelist_count") < free) return true;
    }
    if (this.#truncationDue) this.#truncationDue = !this.#truncate();
    return false;
  }

  /** Whether the files are as short as their content now. A reader at work defers it; nothing waits for one. */
  #truncate(): boolean {
    const timeout = this.#connection.pragma("busy_timeout");
    this.#connection.all("PRAGMA busy_timeout = 0");
    try {
      return this.#connection.pragma("wal_checkpoint(TRUNCATE)") === 0;
    } finally {
      this.#connection.all(`PRAGMA busy_timeout = ${timeout}`);
    }
  }
}
