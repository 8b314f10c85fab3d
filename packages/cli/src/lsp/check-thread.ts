import { Worker } from "node:worker_threads";
import type { LintDiagnostic } from "@cordon/analysis/lint";

/** Texts by path as they are now; null for a file that is gone. */
export type Changes = readonly (readonly [path: string, text: string | null])[];

/** What is found now in each file in which something else was found before. */
export type Findings = readonly (readonly [path: string, found: readonly LintDiagnostic[]])[];

/**
 * The checker of a project, in a thread of its own: the first check of thousands of policies takes seconds, in which
 * an editor must not wait for its completions.
 */
export class CheckThread {
  readonly #worker = new Worker(new URL("./check-thread-worker.js", import.meta.url));
  #waiting: ((findings: Findings) => void) | null = null;

  constructor() {
    this.#worker.on("message", (findings: Findings) => this.#waiting?.(findings));
    // Without its checker the server still completes, and what went wrong is in the editor's log of it.
    this.#worker.on("error", (error) => {
      console.error(error);
      this.#waiting?.([]);
    });
  }

  /** Brings the checker up to date; one call at a time. The first one gives all files there are. */
  check(changes: Changes): Promise<Findings> {
    return new Promise((resolve) => {
      this.#waiting = (findings) => {
        this.#waiting = null;
        resolve(findings);
      };
      this.#worker.postMessage(changes);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    this.#waiting?.([]);
  }
}
