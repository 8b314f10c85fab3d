import type { Fault } from "./faults.js";
import type { Histories } from "./histories.js";
import type { Unanswered } from "./load.js";
import { type Answered, Oracle } from "./oracle.js";

export interface Judged {
  /**
   * Right allows and denies, denies that say a source failed, failures for which the machine had too much to do,
   * and answers marked as stale.
   */
  readonly counts: { allow: number; deny: number; unavailable: number; excused: number; stale: number };
  /** Answers that the data didn't admit, or that failed without a fault. */
  readonly wrong: string[];
}

/** How soon after its return a database must be of use again. */
export const RECOVERY_MS = 2_000;
const MOST_TOLD = 20;

/** Holds each answer against what the data was, and against the faults of the moment. */
export class Judge {
  readonly judged: Judged = {
    counts: { allow: 0, deny: 0, unavailable: 0, excused: 0, stale: 0 },
    wrong: [],
  };
  readonly #oracle: Oracle;
  #fault: Fault | undefined;
  /** When the last fault was over; infinity while one is on. */
  #overAt = Number.NEGATIVE_INFINITY;
  #untoldAt = Number.NEGATIVE_INFINITY;
  #lastFailure = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(
    histories: Histories,
    /** Whether the machine has had so much to do since a moment that nothing about time can be judged. */
    private readonly isBusy: (since: number) => boolean,
  ) {
    this.#oracle = new Oracle(histories, () => Math.max(this.#overAt, this.#untoldAt) + RECOVERY_MS);
  }

  /** The server said that it hears of no changes at the moment. */
  untold(): void {
    const now = performance.now();
    this.#untoldAt = now;
    if (now < this.#overAt + RECOVERY_MS || this.isBusy(now)) return;
    this.#wrong("changes go untold", { sentAt: now, at: now });
  }

  begin(fault: Fault): void {
    this.#fault = fault;
    this.#overAt = Number.POSITIVE_INFINITY;
    this.#failures = 0;
  }

  /** The fault is over; what is returned says, later, how long its effects lasted. */
  over(): () => { ms: number; unavailable: number } {
    const at = performance.now();
    this.#overAt = at;
    return () => ({ ms: Math.max(0, this.#lastFailure - at), unavailable: this.#failures });
  }

  answered(answer: Answered): void {
    const { counts } = this.judged;
    if (answer.stale.length > 0) counts.stale++;
    if (answer.code === "source_unavailable" && !answer.allowed) {
      this.#failed(answer);
      return;
    }
    const kind = answer.allowed ? "allow" : "deny";
    counts[kind]++;
    if (this.#oracle.possible(answer)[kind]) return;
    this.#wrong(`${kind} (${answer.code}) of ${JSON.stringify(answer.question)}`, answer);
  }

  unanswered({ sentAt, why }: Unanswered): void {
    if (this.isBusy(sentAt)) {
      this.judged.counts.excused++;
      return;
    }
    this.#wrong(`no answer: ${why}`, { sentAt, at: performance.now() });
  }

  #failed(answer: Answered): void {
    const { counts } = this.judged;
    counts.unavailable++;
    this.#failures++;
    const isExpected = this.#fault?.isOutage === true && answer.sentAt < this.#overAt + RECOVERY_MS;
    if (!isExpected && this.isBusy(answer.sentAt)) {
      counts.excused++;
      return;
    }
    this.#lastFailure = Math.max(this.#lastFailure, answer.sentAt);
    if (!isExpected) this.#wrong(answer.message, answer);
  }

  #wrong(what: string, { sentAt, at }: { sentAt: number; at: number }): void {
    const since = sentAt - this.#overAt;
    const when = Number.isFinite(since) ? `${since.toFixed(0)} ms after` : "during";
    const line = `${what}, ${(at - sentAt).toFixed(0)} ms long, ${when} \`${this.#fault?.name ?? "nothing"}\``;
    if (this.judged.wrong.length < MOST_TOLD) this.judged.wrong.push(line);
  }
}
