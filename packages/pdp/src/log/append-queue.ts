import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../store-error.js";
import type { BatchWriter, WriteReport } from "./batch-writer.js";
import type { EncodedRecord } from "./body.js";
import type { LogMode, LogStats } from "./decision-log.js";

export interface QueueOptions {
  mode: LogMode;
  limit: number;
  waitLimitMs: number;
}

interface Entry {
  record: EncodedRecord;
  /** Absent in buffered mode, where nobody waits for the disk. */
  settle?: (error: StoreError | null) => void;
}

interface Waiter {
  record: EncodedRecord;
  enter: (appended: Promise<void>) => void;
  timer: NodeJS.Timeout;
}

const DONE = Promise.resolve();
/** Bounds of one transaction: large enough to spread an fsync, small enough that nobody waits long for it. */
const BATCH_RECORDS = 2_000;
const BATCH_CHARS = 8 << 20;
/** Bound of the queue in characters, for records far larger than usual. */
const QUEUE_CHARS = 64 << 20;
/**
 * In buffered mode nobody waits for the disk, so records gather for a moment: a commit costs about as much as
 * the rows of a hundred records.
 */
const GATHER_MS = 50;
const GATHER_RECORDS = 1_000;
const RETRY_MS = [50, 100, 250, 500, 1_000];

/**
 * Group commit: whatever was appended while one transaction ran goes into the next. The queue is bounded;
 * an append beyond it waits, and rejects only after `waitLimitMs`. A batch that fails is rejected to its
 * appends where they wait for the disk (durable), and kept and retried where they don't (buffered).
 */
export class AppendQueue {
  readonly #writer: BatchWriter;
  readonly #options: QueueOptions;
  #entries: Entry[] = [];
  #inFlight = 0;
  #chars = 0;
  #waiters: Waiter[] = [];
  #running: Promise<void> | null = null;
  #scheduled = false;
  #gathering: NodeJS.Timeout | undefined;
  #closed = false;
  #abandoned = false;
  /** Appends ever accepted or made to wait, and those of them that came to an end. */
  #accepted = 0;
  #settled = 0;
  #watchers: (() => void)[] = [];
  readonly #counts = { written: 0, commits: 0, rejected: 0, failures: 0, lastSeq: 0 };
  #lastError: StoreError | null = null;
  #retryDelay = new AbortController();

  constructor(writer: BatchWriter, options: QueueOptions) {
    this.#writer = writer;
    this.#options = options;
  }

  append(record: EncodedRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError("log_closed", "the decision log is closed"));
    this.#accepted++;
    if (this.#hasRoom() && this.#waiters.length === 0) return this.#enqueue(record);
    return this.#waitForRoom(record);
  }

  /** Resolves once everything appended so far is on disk; rejects where a batch can't be written. */
  async flush(): Promise<void> {
    const target = this.#accepted;
    const failures = this.#counts.failures;
    while (this.#settled < target) {
      await this.#nextOutcome();
      if (this.#lastError !== null && this.#counts.failures > failures) throw this.#lastError;
    }
  }

  /** Refuses new appends, then flushes, trying for `waitLimitMs` where the disk fails. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const deadline = Date.now() + this.#options.waitLimitMs;
    while (this.#settled < this.#accepted) {
      await this.#nextOutcome();
      if (this.#lastError !== null && Date.now() >= deadline) break;
    }
    const lost = this.#pending();
    this.#abandoned = true;
    this.#retryDelay.abort();
    await this.#writer.close();
    if (lost === 0) return;
    throw new StoreError("log_unavailable", `${lost} decisions could not be written before closing`, {
      cause: this.#lastError,
    });
  }

  stats(): Omit<LogStats, "retention"> {
    return {
      mode: this.#options.mode,
      queued: this.#pending(),
      waiting: this.#waiters.length,
      ...this.#counts,
      lastError: this.#lastError?.message ?? null,
      healthy: this.#lastError === null,
    };
  }

  #pending(): number {
    return this.#entries.length + this.#inFlight;
  }

  #hasRoom(): boolean {
    return this.#pending() < this.#options.limit && this.#chars < QUEUE_CHARS;
  }

  #enqueue(record: EncodedRecord): Promise<void> {
    this.#chars += record.body.length;
    if (this.#options.mode === "buffered") {
      this.#entries.push({ record });
      this.#schedule();
      return DONE;
    }
    return new Promise((resolve, reject) => {
      const settle = (error: StoreError | null) => (error === null ? resolve() : reject(error));
      this.#entries.push({ record, settle });
      this.#schedule();
    });
  }

  #waitForRoom(record: EncodedRecord): Promise<void> {
    return new Promise((enter) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((waiter) => waiter.timer !== timer);
        this.#counts.rejected++;
        this.#settled++;
        enter(Promise.reject(this.#fullError()));
      }, this.#options.waitLimitMs);
      this.#waiters.push({ record, enter, timer });
    });
  }

  #fullError(): StoreError {
    const cause = this.#lastError;
    const why = cause === null ? "the disk is too slow" : cause.message;
    const text = `the decision log's queue stayed full for ${this.#options.waitLimitMs} ms: ${why}`;
    return new StoreError("log_unavailable", text, {
      help: "free the disk, or raise `log.queue` if bursts are longer than the queue",
      cause,
    });
  }

  /** One turn of the event loop gathers what arrives together, so that a burst shares its first commit too. */
  #schedule(): void {
    if (this.#scheduled || this.#running !== null) return;
    if (!this.#isPressing()) {
      this.#gathering ??= setTimeout(() => this.#run(), GATHER_MS);
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #isPressing(): boolean {
    return this.#options.mode === "durable" || this.#entries.length >= GATHER_RECORDS || !this.#hasRoom();
  }

  #run(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      if (this.#entries.length === 0 || this.#abandoned) return;
      if (this.#watchers.length > 0) this.#run();
      else this.#schedule();
    });
  }

  /** Waits until one more batch was written, or failed. */
  #nextOutcome(): Promise<void> {
    this.#retryDelay.abort();
    this.#run();
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  async #drain(): Promise<void> {
    let attempt = 0;
    let pressing = true;
    while (pressing && this.#entries.length > 0 && !this.#abandoned) {
      const batch = this.#take();
      try {
        const report = await this.#writer.write(batch.map((entry) => entry.record));
        attempt = 0;
        this.#succeed(batch, report);
      } catch (cause) {
        this.#fail(batch, asStoreError(cause));
        if (this.#options.mode === "buffered") await this.#pause(attempt++);
      }
      pressing = attempt > 0 || this.#isPressing();
    }
  }

  async #pause(attempt: number): Promise<void> {
    if (this.#abandoned) return;
    const delay = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)];
    this.#retryDelay = new AbortController();
    await sleep(delay, undefined, { signal: this.#retryDelay.signal }).catch(() => undefined);
  }

  #take(): Entry[] {
    let chars = 0;
    let count = 0;
    for (const entry of this.#entries) {
      chars += entry.record.body.length;
      if (count > 0 && (count >= BATCH_RECORDS || chars > BATCH_CHARS)) break;
      count++;
    }
    const batch = this.#entries.slice(0, count);
    this.#entries = this.#entries.slice(count);
    this.#inFlight = batch.length;
    return batch;
  }

  #succeed(batch: Entry[], report: WriteReport): void {
    this.#release(batch);
    this.#lastError = null;
    this.#counts.commits++;
    this.#counts.lastSeq = Math.max(this.#counts.lastSeq, report.lastSeq);
    this.#counts.written += batch.length - report.rejected.length;
    this.#counts.rejected += report.rejected.length;
    const errors = new Map(report.rejected.map((r) => [r.index, new StoreError(r.code, r.message)]));
    for (const [index, entry] of batch.entries()) entry.settle?.(errors.get(index) ?? null);
    // nobody waits for a buffered record that can't be stored; its loss must show
    if (this.#options.mode === "buffered") this.#lastError = errors.values().next().value ?? null;
    this.#announce();
  }

  #fail(batch: Entry[], error: StoreError): void {
    this.#counts.failures++;
    this.#lastError = error;
    if (this.#options.mode === "buffered") {
      this.#inFlight = 0;
      this.#entries = [...batch, ...this.#entries];
      this.#announce();
      return;
    }
    this.#release(batch);
    this.#counts.rejected += batch.length;
    for (const entry of batch) entry.settle?.(error);
    this.#announce();
  }

  #release(batch: Entry[]): void {
    this.#inFlight = 0;
    this.#settled += batch.length;
    for (const entry of batch) this.#chars -= entry.record.body.length;
  }

  #announce(): void {
    while (this.#hasRoom()) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) break;
      clearTimeout(waiter.timer);
      waiter.enter(this.#enqueue(waiter.record));
    }
    for (const wake of this.#watchers.splice(0)) wake();
  }
}

function asStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError("log_unavailable", `the decision log could not be written: ${message}`, { cause });
}
