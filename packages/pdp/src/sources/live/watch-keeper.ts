import { setTimeout as sleep } from "node:timers/promises";
import type { SourceLogger } from "../context-source.js";
import type { Source, SourceChange } from "../source.js";
import { SourceError } from "../source-error.js";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const CLOSE_MS = 1_000;

/**
 * Listens for a source's changes, and tries again where that can't begin. Whatever changed before it began went
 * untold, so everything counts as changed at that moment.
 */
export class WatchKeeper {
  #end: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: string,
    private readonly watch: NonNullable<Source["watch"]>,
    private readonly changed: (change: SourceChange) => void,
    private readonly logger: SourceLogger | undefined,
  ) {}

  start(): void {
    this.#starting = this.#begin(FIRST_PAUSE_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // What hangs ends itself once it begins after all.
    await Promise.race([this.#starting, sleep(CLOSE_MS, undefined, { ref: false })]);
    await this.#end?.();
    this.#end = undefined;
  }

  async #begin(pauseMs: number): Promise<void> {
    try {
      const end = await this.watch((change) => {
        if (!this.#closed) this.changed(change);
      });
      if (this.#closed) return await end();
      this.#end = end;
      this.changed({});
    } catch (error) {
      if (this.#closed) return;
      const reason = error instanceof SourceError ? error.message : "it broke";
      this.logger?.warn({ source: this.source, reason }, "changes of a source can't be listened for yet");
      this.#timer = setTimeout(() => {
        this.#starting = this.#begin(Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
      }, pauseMs);
      this.#timer.unref();
    }
  }
}
