import { createHash } from "node:crypto";
import { connect as connectTo, type Socket } from "node:net";
import pg from "pg";
import { SourceError } from "../../source-error.js";
import type { ServerAddress } from "../database-url.js";
import type { Driver, Rows, Statement } from "../driver.js";
import { givenUp, sourceError } from "../driver-error.js";
import { diagnosePostgres } from "./postgres-error.js";

export interface PostgresOptions {
  readonly source: string;
  readonly address: ServerAddress;
  readonly connections: number;
  readonly prepare: boolean;
  /** How long a connection may take to come about, and a statement to run, in milliseconds. */
  readonly timeoutMs: number;
}

/** How `pg` is told of a server. */
export function clientConfig({ host, port, user, password, database, tls }: ServerAddress): pg.ClientConfig {
  return {
    host,
    port,
    database,
    // Without one, `pg` takes the name of whoever runs this.
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { ssl: tls }),
    keepAlive: true,
    application_name: "cordon",
  };
}

/** PostgreSQL through a pool of connections that can't write. */
export class PostgresDriver implements Driver {
  readonly #options: PostgresOptions;
  readonly #pool: pg.Pool;
  readonly #names = new Map<string, string>();
  /** Connections that nobody uses at the moment. */
  readonly #idle = new Set<pg.PoolClient>();
  /** When the server last answered anything. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({
      ...clientConfig(options.address),
      max: options.connections,
      connectionTimeoutMillis: options.timeoutMs,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
      onConnect: (client) => prepareSession(client as pg.PoolClient, options.timeoutMs),
    });
    // Errors of connections that nobody uses: the pool replaces them.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => client.on("error", () => {}));
    this.#pool.on("acquire", (client) => this.#idle.delete(client));
    this.#pool.on("release", (_error, client) => this.#idle.add(client));
    this.#pool.on("remove", (client) => this.#idle.delete(client));
  }

  async query(statement: Statement, signal: AbortSignal): Promise<Rows> {
    if (signal.aborted) throw givenUp(this.#options.source);
    const client = await this.#connect(signal);
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        cancel(client, this.#options.address);
        discard(client);
        if (isLate(signal.reason) && this.#answeredAt < began) this.#distrust();
        reject(givenUp(this.#options.source));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      client.query(this.#config(statement)).then(
        ({ rows }) => {
          signal.removeEventListener("abort", onAbort);
          if (signal.aborted) return;
          this.#answeredAt = performance.now();
          client.release();
          resolve(rows);
        },
        (error: unknown) => {
          signal.removeEventListener("abort", onAbort);
          if (signal.aborted) return;
          const diagnosis = diagnosePostgres(error);
          // After an error of the database itself the connection is as good as before.
          if (diagnosis.code === "source_unreachable") discard(client);
          else {
            this.#answeredAt = performance.now();
            client.release();
          }
          reject(sourceError(this.#options.source, diagnosis));
        },
      );
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  /**
   * Nothing was answered for as long as a statement may take: what else is connected is most likely as dead, and
   * would cost as much time each to find out.
   */
  #distrust(): void {
    for (const client of this.#idle) streamOf(client)?.destroy();
  }

  #config({ sql, values, passing }: Statement): pg.QueryArrayConfig {
    const config = { text: sql, values: [...values], rowMode: "array" as const };
    return this.#options.prepare && passing !== true ? { ...config, name: this.#nameOf(sql) } : config;
  }

  #nameOf(sql: string): string {
    let name = this.#names.get(sql);
    if (name === undefined) {
      name = `cordon_${createHash("sha256").update(sql).digest("hex").slice(0, 24)}`;
      this.#names.set(sql, name);
    }
    return name;
  }

  async #connect(signal: AbortSignal): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pooled(signal);
      // The pool hears of an end a moment after it was.
      if (streamOf(client)?.destroyed !== true) return client;
      discard(client);
    }
  }

  #pooled(signal: AbortSignal): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(givenUp(this.#options.source));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#pool.connect().then(
        (client) => {
          signal.removeEventListener("abort", onAbort);
          // It came too late for whoever waited, and is good for the next.
          if (signal.aborted) client.release();
          else resolve(client);
        },
        (error: unknown) => {
          signal.removeEventListener("abort", onAbort);
          reject(sourceError(this.#options.source, diagnosePostgres(error)));
        },
      );
    });
  }
}

/** Whether it is the time of the answer that is over, rather than that nobody waits for it any more. */
function isLate(reason: unknown): boolean {
  return reason instanceof SourceError && reason.code === "source_timeout";
}

/**
 * What texts look like must not depend on the settings of the server or the user. The pool waits for it without a
 * limit, and a connection that never gets there would take a place for ever.
 */
async function prepareSession(client: pg.PoolClient, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => streamOf(client)?.destroy(), timeoutMs);
  const prepared = client.query(
    `SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD';
     SET bytea_output = 'hex'; SET statement_timeout = ${Math.max(1, Math.ceil(timeoutMs))}`,
  );
  await prepared.finally(() => clearTimeout(timer));
}

/** Ends a connection without waiting for the server, which may never answer. */
function discard(client: pg.PoolClient): void {
  client.release(true);
  streamOf(client)?.destroy();
}

function streamOf(client: pg.ClientBase): Socket | undefined {
  return (client as unknown as { connection?: { stream?: Socket } }).connection?.stream;
}

const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to stop the statement of a connection, on a connection of its own as the protocol has it. Whether
 * it comes to that is the server's business: its own time limit holds besides.
 */
function cancel(client: pg.PoolClient, { host, port }: ServerAddress): void {
  const { processID, secretKey } = client as unknown as {
    processID?: number | null;
    secretKey?: number | null;
  };
  if (typeof processID !== "number" || typeof secretKey !== "number") return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith("/") ? connectTo(`${host}/.s.PGSQL.${port}`) : connectTo(port, host);
  socket.setTimeout(1_000, () => socket.destroy());
  socket.on("error", () => {});
  socket.unref();
  socket.end(request);
}
