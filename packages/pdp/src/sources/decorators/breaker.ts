import { SourceError } from "../source-error.js";
import type { Question } from "./fetcher.js";

export interface BreakerOptions {
  /** Failures in a row after which the source is left alone. */
  readonly failures: number;
  /**
   * For how long at first, in milliseconds; twice as long after each failed attempt. Counted from when the attempt
   * began: one that hung until its time was over has been pause enough.
   */
  readonly pauseMs: number;
  /** The longest it is left alone: with it a source that is back is asked again in time. */
  readonly longestPauseMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { failures: 5, pauseMs: 200, longestPauseMs: 500 };

/**
 * Leaves a source alone that fails again and again: who asks meanwhile is told so at once. When the pause is
 * over a single question is let through, and its answer decides.
 */
export class Breaker {
  #failures = 0;
  #pauseMs: number;
  #closedUntil = 0;
  #probing = false;

  constructor(
    private readonly source: string,
    private readonly options: BreakerOptions = DEFAULT_BREAKER,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#pauseMs = options.pauseMs;
  }

  /** Whether questions are refused at the moment, but for one that tries. */
  get isOpen(): boolean {
    return this.#failures >= this.options.failures;
  }

  guard<Q, A>(fetch: Question<Q, A>): Question<Q, A> {
    return async (request, signal) => {
      const probing = this.#enter();
      const began = this.now();
      try {
        const result = await fetch(request, signal);
        this.#recover();
        return result;
      } catch (error) {
        this.#note(error, began);
        throw error;
      } finally {
        if (probing) this.#probing = false;
      }
    };
  }

  /** Returns whether the question is the one that tries. */
  #enter(): boolean {
    if (!this.isOpen) return false;
    if (this.#probing || this.now() < this.#closedUntil) throw this.#suspended();
    this.#probing = true;
    return true;
  }

  #recover(): void {
    this.#failures = 0;
    this.#pauseMs = this.options.pauseMs;
  }

  #note(error: unknown, began: number): void {
    // Who gave up says nothing about the source, and one entity's bad data nothing about its health.
    if (error instanceof SourceError && !COUNTED.has(error.code)) return;
    this.#failures++;
    if (!this.isOpen) return;
    this.#closedUntil = Math.max(this.#closedUntil, began + this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.options.longestPauseMs);
  }

  #suspended(): SourceError {
    return new SourceError(
      "source_suspended",
      this.source,
      `it failed ${this.#failures} times in a row and is left alone for a moment`,
      "see `/readyz` for why it failed; it is tried again by itself",
    );
  }
}

const COUNTED: ReadonlySet<string> = new Set([
  "source_timeout",
  "source_unreachable",
  "source_refused",
  "source_failed",
]);
