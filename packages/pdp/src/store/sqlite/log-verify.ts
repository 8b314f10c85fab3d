import { setImmediate as nextTurn } from "node:timers/promises";
import type { RecordColumns } from "../../log/body.js";
import { columnsOf, decodeBody } from "../../log/body.js";
import type { Anchor, LogEvent } from "../../log/chain.js";
import { GENESIS, linkHash, Sealer } from "../../log/chain.js";
import type {
  RetentionCheckpoint,
  VerifyOptions,
  VerifyProblem,
  VerifyProblemKind,
  VerifyResult,
} from "../../log/decision-log.js";
import { readAnchor } from "./anchor-table.js";
import type { Connection } from "./connection.js";
import { damagedBundles } from "./sqlite-bundles.js";

const PAGE = 250;
const LISTED_PROBLEMS = 1_000;

interface FullRow {
  seq: number;
  id: string;
  time: number;
  principal_type: string;
  principal_id: string;
  action_type: string;
  action_id: string;
  resource_type: string;
  resource_id: string;
  decision: string;
  caller: string;
  previous_hash: string;
  hash: string;
  body: string;
}

/**
 * Reads the whole log on one snapshot, a page at a time so that the event loop stays free, and recomputes
 * every hash and every derived column. `Anchor` says what an attacker who can write the file can still do.
 */
export async function verifyLog(
  connection: Connection,
  secret: Buffer,
  options: VerifyOptions,
): Promise<VerifyResult> {
  connection.exec("BEGIN");
  try {
    return await new Verification(connection, new Sealer(secret), options).run();
  } finally {
    connection.rollback();
  }
}

class Verification {
  readonly #connection: Connection;
  readonly #sealer: Sealer;
  readonly #options: VerifyOptions;
  readonly #problems: VerifyProblem[] = [];
  #problemCount = 0;
  readonly #notes: string[] = [];
  readonly #checkpoints: RetentionCheckpoint[] = [];
  #records = 0;
  #firstSeq: number | null = null;
  #lastSeq: number;
  #head: string;
  #policyRows = 0;
  readonly #bundles = new Set<string>();
  #pinSeen = false;

  constructor(connection: Connection, sealer: Sealer, options: VerifyOptions) {
    this.#connection = connection;
    this.#sealer = sealer;
    this.#options = options;
    this.#lastSeq = 0;
    this.#head = GENESIS;
  }

  async run(): Promise<VerifyResult> {
    const anchor = this.#anchor();
    this.#events(anchor);
    this.#lastSeq = anchor.firstSeq - 1;
    this.#head = anchor.firstPrevious;
    let after = Number.MIN_SAFE_INTEGER;
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const page = this.#page(after);
      for (const row of page) this.#row(row);
      this.#policies(page);
      this.#options.onProgress?.(this.#records, Math.max(anchor.count, this.#records));
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.seq;
      await nextTurn();
    }
    this.#end(anchor);
    this.#decidedBy();
    this.#pin();
    return this.#result();
  }

  #result(): VerifyResult {
    return {
      ok: this.#problemCount === 0,
      records: this.#records,
      firstSeq: this.#firstSeq,
      lastSeq: this.#lastSeq,
      headHash: this.#head,
      problems: this.#problems,
      problemCount: this.#problemCount,
      checkpoints: this.#checkpoints,
      notes: this.#notes,
    };
  }

  #problem(kind: VerifyProblemKind, seq: number | null, message: string): void {
    this.#problemCount++;
    if (this.#problems.length < LISTED_PROBLEMS) this.#problems.push({ kind, seq, message });
  }

  #anchor(): Anchor {
    const { anchor, state } = readAnchor(this.#connection, this.#sealer);
    if (state === "seal_broken") {
      this.#problem("anchor", null, "the anchor's seal does not hold: it was altered outside this log");
    } else if (state === "unreadable") {
      this.#problem("anchor", null, "the anchor can't be read");
    } else if (state === "other_secret") {
      this.#problem(
        "anchor",
        null,
        "the anchor was sealed with another secret than the one beside the store, so it may have been altered: restore the `.secret` file that belongs to this store",
      );
    } else if (state === "absent" && this.#connection.all("SELECT 1 FROM decisions LIMIT 1").length > 0) {
      this.#problem("anchor", null, "the anchor is missing");
    }
    return anchor;
  }

  #events(anchor: Anchor): void {
    type Row = { n: number; body: string; hash: string };
    let hash = GENESIS;
    let expected = 1;
    let removed = 0;
    for (const row of this.#connection.all<Row>("SELECT n, body, hash FROM log_events ORDER BY n")) {
      const event = parseEvent(row.body);
      if (row.n !== expected || row.hash !== linkHash(hash, row.body) || event === undefined) {
        this.#problem(
          "checkpoint",
          null,
          `event ${row.n} of the log was altered, or one before it is missing`,
        );
      }
      hash = row.hash;
      expected = row.n + 1;
      if (event !== undefined) removed = this.#event(event, removed);
    }
    if (expected - 1 !== anchor.events || hash !== anchor.eventsHash) {
      this.#problem("checkpoint", null, "the log's events are not those that its anchor covers");
    }
    const last = this.#checkpoints.at(-1);
    const fits = last === undefined || (last.lastSeq === removed && last.lastHash === anchor.firstPrevious);
    if (!fits || removed !== anchor.firstSeq - 1) {
      this.#problem("checkpoint", null, "the retention checkpoints do not lead up to the first record");
    }
  }

  /** Returns how many records are accounted for as removed. */
  #event(event: LogEvent, removed: number): number {
    if (event.kind === "retention") {
      const { lastSeq, lastHash, count, reason, time } = event;
      this.#checkpoints.push({ lastSeq, lastHash, count, reason, time });
      return removed + count;
    }
    if (event.kind === "seal_broken") {
      this.#problem("anchor", event.lastSeq, `at ${event.time} a write found the anchor altered or missing`);
    } else {
      this.#notes.push(
        `the store's secret was replaced at ${event.time}, after record ${event.lastSeq}: up to there only the chain of hashes vouches for the records`,
      );
    }
    return removed;
  }

  #page(after: number): FullRow[] {
    return this.#connection.all<FullRow>(
      "SELECT * FROM decisions WHERE seq > ? ORDER BY seq LIMIT ?",
      after,
      PAGE,
    );
  }

  #row(row: FullRow): void {
    this.#firstSeq ??= row.seq;
    this.#records++;
    const expected = this.#lastSeq + 1;
    const intact = linkHash(row.previous_hash, row.body) === row.hash;
    if (!intact)
      this.#problem("altered", row.seq, `record ${row.seq} was altered: its hash does not fit its content`);
    if (row.seq > expected) this.#problem("missing", expected, `${gap(expected, row.seq - 1)} missing`);
    else if (row.seq < expected) {
      this.#problem("out_of_order", row.seq, `record ${row.seq} lies before the first record of the log`);
    } else if (row.previous_hash !== this.#head) {
      const message = `record ${row.seq} does not follow the one before it: one of them was moved, inserted or replaced`;
      this.#problem("out_of_order", row.seq, message);
    }
    this.#columns(row);
    this.#lastSeq = Math.max(this.#lastSeq, row.seq);
    this.#head = row.hash;
    const { pinned } = this.#options;
    if (pinned?.seq === row.seq && pinned.hash === row.hash) this.#pinSeen = true;
  }

  #columns(row: FullRow): void {
    const record = recordFrom(row.body);
    if (record === undefined) {
      this.#problem("altered", row.seq, `record ${row.seq} can't be read`);
      return;
    }
    this.#bundles.add(record.bundleId);
    const derived = columnsOf(record);
    const stored: Omit<RecordColumns, "policies" | "decision"> & { decision: string } = {
      id: row.id,
      time: row.time,
      principalType: row.principal_type,
      principalId: row.principal_id,
      actionType: row.action_type,
      actionId: row.action_id,
      resourceType: row.resource_type,
      resourceId: row.resource_id,
      decision: row.decision,
      caller: row.caller,
    };
    for (const [name, value] of Object.entries(stored)) {
      if (value === derived[name as keyof RecordColumns]) continue;
      this.#problem("index", row.seq, `column \`${name}\` of record ${row.seq} is not what the record says`);
    }
  }

  /** The policies of a page's rows as indexed, compared both ways with those that the records name. */
  #policies(page: readonly FullRow[]): void {
    const first = page[0];
    const last = page.at(-1);
    if (first === undefined || last === undefined) return;
    const derived = new Set<string>();
    const names = new Set<string>();
    for (const row of page) {
      const record = recordFrom(row.body);
      for (const policy of record === undefined ? [] : columnsOf(record).policies) {
        names.add(policy);
        derived.add(`${row.seq} ${policy}`);
      }
    }
    const sql = "SELECT seq FROM decision_policies WHERE policy = ? AND seq BETWEEN ? AND ?";
    for (const policy of names) {
      for (const { seq } of this.#connection.all<{ seq: number }>(sql, policy, first.seq, last.seq)) {
        this.#policyRows++;
        if (derived.delete(`${seq} ${policy}`)) continue;
        this.#problem(
          "index",
          seq,
          `record ${seq} is listed under policy \`${policy}\`, which it does not name`,
        );
      }
    }
    for (const entry of derived) {
      const [seq, policy] = [Number(entry.slice(0, entry.indexOf(" "))), entry.slice(entry.indexOf(" ") + 1)];
      this.#problem("index", seq, `record ${seq} is not listed under its policy \`${policy}\``);
    }
  }

  #end(anchor: Anchor): void {
    const rows = this.#connection.one<{ n: number }>("SELECT count(*) AS n FROM decision_policies")?.n ?? 0;
    if (rows !== this.#policyRows) {
      this.#problem(
        "index",
        null,
        `${Math.abs(rows - this.#policyRows)} policies are listed for records that do not name them`,
      );
    }
    if (this.#lastSeq < anchor.lastSeq) {
      this.#problem(
        "missing",
        this.#lastSeq + 1,
        `${gap(this.#lastSeq + 1, anchor.lastSeq)} missing at the end`,
      );
    } else if (this.#lastSeq > anchor.lastSeq || this.#head !== anchor.lastHash) {
      const message = `the log ends with record ${this.#lastSeq}, which is not the one its anchor names`;
      this.#problem("out_of_order", this.#lastSeq, message);
    } else if (this.#records !== anchor.count) {
      this.#problem(
        "anchor",
        null,
        `the anchor counts ${anchor.count} records, but there are ${this.#records}`,
      );
    }
  }

  /** Records name their bundle by its hash, so the chain vouches for the bundles too. */
  #decidedBy(): void {
    const { altered, missing } = damagedBundles(this.#connection, this.#bundles);
    for (const id of altered) this.#problem("bundle", null, `bundle \`${id}\` was altered`);
    if (missing.length === 0) return;
    const are =
      missing.length === 1
        ? "a bundle that records name is"
        : `${missing.length} bundles that records name are`;
    this.#notes.push(
      `${are} not in the store, so what they decided can't be decided again: ${missing.join(", ")}`,
    );
  }

  #pin(): void {
    const { pinned } = this.#options;
    if (pinned === undefined || this.#pinSeen) return;
    const retained = pinned.seq >= (this.#firstSeq ?? 1);
    const message = `record ${pinned.seq} with the pinned hash is not in the log`;
    if (retained) this.#problem("missing", pinned.seq, message);
    else if (pinned.seq > 0) this.#notes.push(`${message}: retention removed it`);
  }
}

function gap(first: number, last: number): string {
  return first === last ? `record ${first} is` : `records ${first} to ${last} are`;
}

function recordFrom(body: string): ReturnType<typeof decodeBody> | undefined {
  try {
    return decodeBody(body);
  } catch {
    return undefined;
  }
}

function parseEvent(body: string): LogEvent | undefined {
  try {
    const event = JSON.parse(body) as LogEvent;
    return ["retention", "secret_replaced", "seal_broken"].includes(event.kind) ? event : undefined;
  } catch {
    return undefined;
  }
}
