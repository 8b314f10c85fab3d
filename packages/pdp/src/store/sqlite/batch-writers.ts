import { Worker } from "node:worker_threads";
import type { BatchWriter, WriteReport } from "../../log/batch-writer.js";
import type { EncodedRecord } from "../../log/body.js";
import { StoreError } from "../../store-error.js";
import type { LogWriterOptions } from "./log-writer.js";
import { LogWriter } from "./log-writer.js";
import { keepMaintained } from "./maintenance.js";
import type { RetentionReport } from "./retention.js";
import { type FromWriter, type Notice, packBatch, type ToWriter } from "./writer-messages.js";

export type OnRetention = (report: RetentionReport) => void;

/** Writes on the calling thread: simpler, and every fsync blocks the event loop. */
export class InlineWriter implements BatchWriter {
  readonly #writer: LogWriter;
  readonly #stopMaintenance: () => void;

  constructor(options: LogWriterOptions, onRetention: OnRetention) {
    this.#writer = new LogWriter(options);
    this.#stopMaintenance = keepMaintained(this.#writer, onRetention);
  }

  async write(batch: readonly EncodedRecord[]): Promise<WriteReport> {
    return this.#writer.write(batch);
  }

  async close(): Promise<void> {
    this.#stopMaintenance();
    this.#writer.close();
  }
}

/**
 * Writes on a thread of its own, so that hashing, inserting and fsync never hold up the event loop. Keeps
 * the process alive only while a batch is under way. A thread that dies is replaced at the next write.
 */
export class ThreadWriter implements BatchWriter {
  readonly #options: LogWriterOptions;
  readonly #onRetention: OnRetention;
  #worker: Worker | null = null;
  #waiting: { resolve: (message: FromWriter) => void; reject: (error: StoreError) => void } | null = null;

  constructor(options: LogWriterOptions, onRetention: OnRetention) {
    this.#options = options;
    this.#onRetention = onRetention;
    // the first decision should not wait for a thread to start
    this.#spawned().unref();
  }

  async write(batch: readonly EncodedRecord[]): Promise<WriteReport> {
    const answer = await this.#ask({ kind: "write", batch: packBatch(batch) });
    if (answer.kind === "written") return answer.report;
    if (answer.kind === "failed")
      throw new StoreError("log_unavailable", answer.message, helpOf(answer.help));
    throw new StoreError("log_unavailable", "the log's writer closed instead of writing");
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    await this.#ask({ kind: "close" });
    await worker.terminate();
    this.#worker = null;
  }

  #ask(message: ToWriter): Promise<FromWriter> {
    const worker = this.#spawned();
    worker.ref();
    return new Promise<FromWriter>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      worker.postMessage(message);
    }).finally(() => worker.unref());
  }

  #spawned(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("./writer-thread.js", import.meta.url), { workerData: this.#options });
    worker.on("message", (message: FromWriter | Notice) => {
      if (message.kind === "retention") {
        this.#onRetention(message.report);
        return;
      }
      this.#waiting?.resolve(message);
      this.#waiting = null;
    });
    const died = (why: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#waiting?.reject(new StoreError("log_unavailable", `the log's writer stopped: ${why}`));
      this.#waiting = null;
    };
    worker.on("error", (error) => died(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => died(`exit code ${code}`));
    this.#worker = worker;
    return worker;
  }
}

function helpOf(help: string | null): { help: string } | undefined {
  return help === null ? undefined : { help };
}
