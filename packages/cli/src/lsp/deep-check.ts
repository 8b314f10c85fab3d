import { Worker } from "node:worker_threads";
import type { ProjectReport } from "@cordon/analysis/check";

/** What `cordon check` says of a folder as it is on disk, tests included. */
export interface DeepReport {
  readonly diagnostics: ProjectReport["diagnostics"];
  readonly texts: Readonly<Record<string, string>>;
  /** Of each policy, the number of test cases whose answer it determined; null where no tests were run. */
  readonly tests: Readonly<Record<string, number>> | null;
}

/** Checks a folder in a thread of its own, one run at a time; asked for during a run, it runs once more. */
export class DeepCheck {
  readonly #folder: string;
  readonly #report: (report: DeepReport) => void;
  #worker: Worker | null = null;
  #again = false;

  constructor(folder: string, report: (report: DeepReport) => void) {
    this.#folder = folder;
    this.#report = report;
  }

  start(): void {
    if (this.#worker !== null) {
      this.#again = true;
      return;
    }
    const worker = new Worker(new URL("./deep-check-worker.js", import.meta.url), {
      workerData: this.#folder,
    });
    this.#worker = worker;
    worker.on("message", (report: DeepReport) => this.#report(report));
    // A folder that is gone, or can't be checked, has nothing to report.
    worker.on("error", () => {});
    worker.on("exit", () => {
      this.#worker = null;
      if (!this.#again) return;
      this.#again = false;
      this.start();
    });
  }

  async close(): Promise<void> {
    this.#again = false;
    await this.#worker?.terminate();
  }
}
