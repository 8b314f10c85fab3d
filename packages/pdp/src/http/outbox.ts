/** An answer that is ready to be written. */
export interface ReadyAnswer {
  write(): void;
  fail(error: unknown): void;
}

/**
 * Writes the answers of one turn of the event loop together, at its end. Each write wakes the client, which
 * costs the kernel more than a decision costs us; written back to back, many answers wake it once.
 */
export class Outbox {
  #ready: ReadyAnswer[] = [];

  add(answer: ReadyAnswer): void {
    if (this.#ready.push(answer) === 1) setImmediate(this.#writeAll);
  }

  readonly #writeAll = (): void => {
    const ready = this.#ready;
    this.#ready = [];
    for (const answer of ready) {
      try {
        answer.write();
      } catch (error) {
        answer.fail(error);
      }
    }
  };
}
