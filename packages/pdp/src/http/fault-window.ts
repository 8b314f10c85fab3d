/**
 * Tells a fault that is going on from one that may be over. A log that failed stays unhealthy until a write
 * succeeds, and a replica that is out of rotation writes nothing: were it never called ready again, it could
 * never find out. So a while after the last failure it may be tried again.
 */
export class FaultWindow {
  readonly #lengthMs: number;
  #failures = 0;
  #since = Number.NEGATIVE_INFINITY;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** @param now monotonic milliseconds */
  isOpen({ healthy, failures }: { healthy: boolean; failures: number }, now: number): boolean {
    if (failures !== this.#failures) {
      this.#failures = failures;
      this.#since = now;
    }
    return !healthy && now - this.#since < this.#lengthMs;
  }
}
