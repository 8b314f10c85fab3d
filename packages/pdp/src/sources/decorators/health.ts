import { SourceError, type SourceErrorCode } from "../source-error.js";
import type { Question } from "./fetcher.js";

/** How a source has been doing. Times are RFC 3339. */
export interface SourceHealth {
  /** `unknown`: it was not asked yet. `suspended`: it failed so often that it is left alone for a moment. */
  readonly state: "unknown" | "ok" | "failing" | "suspended";
  readonly lastSuccess: string | null;
  readonly lastFailure: {
    readonly at: string;
    readonly code: SourceErrorCode;
    readonly message: string;
  } | null;
  /** Questions asked of what lies behind, repetitions included. */
  readonly questions: number;
  /** Ids in those questions. */
  readonly ids: number;
  readonly failures: Readonly<Partial<Record<SourceErrorCode, number>>>;
  /** Time that the last question took, in milliseconds. */
  readonly lastMs: number | null;
}

/** Counts what a source was asked and how it answered. */
export class HealthRecord {
  #lastSuccess: number | null = null;
  #lastFailure: { at: number; code: SourceErrorCode; message: string } | null = null;
  #isFailing = false;
  #questions = 0;
  #ids = 0;
  #lastMs: number | null = null;
  readonly #failures = new Map<SourceErrorCode, number>();
  readonly #listeners = new Set<(ms: number) => void>();

  /** Calls `listener` with the time that each question took, in milliseconds. */
  onQuestion(listener: (ms: number) => void): void {
    this.#listeners.add(listener);
  }

  measured<Q, A>(fetch: Question<Q, A>, idsOf: (request: Q) => number): Question<Q, A> {
    return async (request, signal) => {
      const started = performance.now();
      this.#questions++;
      this.#ids += idsOf(request);
      try {
        const result = await fetch(request, signal);
        this.succeeded();
        return result;
      } catch (error) {
        this.failed(error);
        throw error;
      } finally {
        this.#lastMs = performance.now() - started;
        for (const listener of this.#listeners) listener(this.#lastMs);
      }
    };
  }

  succeeded(): void {
    this.#lastSuccess = Date.now();
    this.#isFailing = false;
  }

  /** One that nobody waited for is no failure of the source. */
  failed(error: unknown): void {
    const code = error instanceof SourceError ? error.code : "source_failed";
    if (code === "source_given_up") return;
    const message = error instanceof SourceError ? error.message : "it broke";
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
    this.#lastFailure = { at: Date.now(), code, message };
    this.#isFailing = true;
  }

  read(isSuspended: boolean): SourceHealth {
    const failure = this.#lastFailure;
    return {
      state: isSuspended ? "suspended" : this.#isFailing ? "failing" : this.#lastSuccess ? "ok" : "unknown",
      lastSuccess: this.#lastSuccess === null ? null : new Date(this.#lastSuccess).toISOString(),
      lastFailure: failure === null ? null : { ...failure, at: new Date(failure.at).toISOString() },
      questions: this.#questions,
      ids: this.#ids,
      failures: Object.fromEntries(this.#failures),
      lastMs: this.#lastMs,
    };
  }
}
