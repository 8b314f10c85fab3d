import { SourceError } from "../source-error.js";
import type { Driver, Rows, Statement } from "./driver.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** A server that didn't answer is asked again after a pause, which grows while it doesn't. */
interface Server {
  readonly driver: Driver;
  pauseMs: number;
  askAgainAt: number;
}

/**
 * Several servers with the same data: each statement goes to the next one that answers. The primary comes last, so
 * that it is asked only where no replica answers.
 */
export class ReplicaDriver implements Driver {
  readonly #replicas: readonly Server[];
  readonly #primary: Server;
  readonly #now: () => number;
  #turn = 0;

  constructor(replicas: readonly Driver[], primary: Driver, now = () => performance.now()) {
    this.#replicas = replicas.map(serverOf);
    this.#primary = serverOf(primary);
    this.#now = now;
  }

  async query(statement: Statement, signal: AbortSignal): Promise<Rows> {
    let failure: unknown;
    for (const server of this.#order()) {
      try {
        const rows = await server.driver.query(statement, signal);
        server.pauseMs = 0;
        return rows;
      } catch (error) {
        if (!isOfTheServer(error)) throw error;
        this.#leaveAlone(server);
        failure = error;
        // Who asked has left; whoever asks next gets another server.
        if (signal.aborted) break;
      }
    }
    throw failure;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#replicas, this.#primary].map(({ driver }) => driver.close()));
  }

  /** Replicas in turn, then the primary, then those that didn't answer lately: better late than never. */
  #order(): Server[] {
    const now = this.#now();
    const start = this.#turn++ % this.#replicas.length;
    const turned = [...this.#replicas.slice(start), ...this.#replicas.slice(0, start), this.#primary];
    const isAsked = ({ askAgainAt }: Server): boolean => askAgainAt <= now;
    return [...turned.filter(isAsked), ...turned.filter((server) => !isAsked(server))];
  }

  #leaveAlone(server: Server): void {
    server.pauseMs = Math.min(Math.max(server.pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    server.askAgainAt = this.#now() + server.pauseMs;
  }
}

function serverOf(driver: Driver): Server {
  return { driver, pauseMs: 0, askAgainAt: 0 };
}

const OF_THE_SERVER: ReadonlySet<string> = new Set([
  "source_unreachable",
  "source_timeout",
  "source_overloaded",
]);

function isOfTheServer(error: unknown): boolean {
  return error instanceof SourceError && OF_THE_SERVER.has(error.code);
}
