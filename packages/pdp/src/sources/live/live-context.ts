import type { ContextRequest, ContextSource, Contribution } from "../context-source.js";
import { asSourceError } from "../decorators/conformity.js";
import { HealthRecord, type SourceHealth } from "../decorators/health.js";
import type { ProvidedType } from "../source.js";
import { SourceError } from "../source-error.js";
import type { SourceOptions } from "../source-options.js";

const DEFAULT_TIMEOUT_MS = 1_000;

/** A context source with a time limit, a breaker and a record of its health around it. */
export class LiveContext {
  readonly name: string;
  readonly kind: string;
  readonly members: ReadonlySet<string>;
  readonly vouchesFor: ReadonlyMap<string, ProvidedType>;
  readonly health = new HealthRecord();
  readonly #source: ContextSource;
  readonly #secrets: readonly string[];
  readonly #timeoutMs: number;
  #closing: Promise<void> | undefined;

  constructor(source: ContextSource, options: SourceOptions, secrets: readonly string[]) {
    this.#source = source;
    this.name = source.name;
    this.kind = source.kind;
    this.members = source.members;
    this.vouchesFor = source.vouchesFor;
    this.#secrets = secrets;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /**
   * What it says of a request, without a promise where it can say so at once.
   *
   * @throws SourceError
   */
  contribute(request: ContextRequest, signal: AbortSignal): Contribution | Promise<Contribution> {
    const controller = new AbortController();
    try {
      const contribution = this.#source.contribute(request, controller.signal);
      if (!(contribution instanceof Promise)) return contribution;
      return this.#awaited(contribution, controller, signal);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  status(): SourceHealth {
    return this.health.read(false);
  }

  /** Nothing is kept, so that there is nothing to give back. */
  async release(): Promise<void> {}

  close(): Promise<void> {
    this.#closing ??= this.#source.close();
    return this.#closing;
  }

  #awaited(
    contribution: Promise<Contribution>,
    controller: AbortController,
    signal: AbortSignal,
  ): Promise<Contribution> {
    return new Promise((resolve, reject) => {
      const stop = (error: SourceError): void => {
        settle();
        controller.abort();
        reject(this.#failed(error));
      };
      const onAbort = (): void => stop(this.#error("source_given_up", "the time of the request is over"));
      const timer = setTimeout(
        () => stop(this.#error("source_timeout", `no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      contribution.then(
        (said) => {
          settle();
          this.health.succeeded();
          resolve(said);
        },
        (error: unknown) => {
          settle();
          reject(this.#failed(error));
        },
      );
    });
  }

  #failed(error: unknown): SourceError {
    const shown = asSourceError(error, { source: this.name, secrets: this.#secrets });
    this.health.failed(shown);
    return shown;
  }

  #error(code: "source_given_up" | "source_timeout", message: string): SourceError {
    return new SourceError(code, this.name, message, "see why it is slow, or set `timeout` higher");
  }
}
