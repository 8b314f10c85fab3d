import { createPool, type Pool, type PoolConnection } from "mysql2";
import type { ServerAddress } from "../database-url.js";
import type { Driver, Rows, Statement } from "../driver.js";
import { givenUp, sourceError } from "../driver-error.js";
import { diagnoseMysql } from "./mysql-error.js";

export interface MysqlOptions {
  readonly source: string;
  readonly address: ServerAddress;
  readonly connections: number;
  readonly prepare: boolean;
  readonly timeoutMs: number;
}

/** MySQL or MariaDB through a pool of connections that can't write. */
export class MysqlDriver implements Driver {
  readonly #options: MysqlOptions;
  readonly #pool: Pool;
  #closed = false;

  constructor(options: MysqlOptions) {
    const { host, port, user, password, database, tls } = options.address;
    this.#options = options;
    this.#pool = createPool({
      ...(host.startsWith("/") ? { socketPath: host } : { host, port }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { ssl: tls as object }),
      database,
      charset: "utf8mb4",
      connectionLimit: options.connections,
      connectTimeout: options.timeoutMs,
      idleTimeout: 60_000,
      rowsAsArray: true,
      jsonStrings: true,
      // A value of a parameter is never a piece of a statement.
      multipleStatements: false,
    });
    this.#pool.on("connection", (connection) => {
      connection.on("error", () => {});
      prepareSession(connection, options.timeoutMs);
    });
  }

  async query(statement: Statement, signal: AbortSignal): Promise<Rows> {
    if (signal.aborted) throw givenUp(this.#options.source);
    const connection = await this.#connect(signal);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        // The server's time limit ends what it is still at.
        connection.destroy();
        reject(givenUp(this.#options.source));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const { sql, values, passing } = statement;
      const done = (error: Error | null, rows: unknown): void => {
        signal.removeEventListener("abort", onAbort);
        if (signal.aborted) return;
        if (error === null) {
          connection.release();
          resolve(rows as Rows);
          return;
        }
        const diagnosis = diagnoseMysql(error);
        if (diagnosis.code === "source_unreachable") connection.destroy();
        else connection.release();
        reject(sourceError(this.#options.source, diagnosis));
      };
      // Both send parameters apart from the statement; without `prepare` it is prepared anew each time.
      connection.execute(sql, [...values] as string[], done);
      if (!this.#options.prepare || passing === true) connection.unprepare(sql);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await new Promise<void>((resolve) => this.#pool.end(() => resolve()));
  }

  #connect(signal: AbortSignal): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(givenUp(this.#options.source));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#pool.getConnection((error, connection) => {
        signal.removeEventListener("abort", onAbort);
        if (error !== null) {
          reject(sourceError(this.#options.source, diagnoseMysql(error)));
        } else if (signal.aborted) connection.release();
        else resolve(connection);
      });
    });
  }
}

/** Goes before whatever is asked on the connection. One that can't be made so is not used. */
function prepareSession(connection: PoolConnection, timeoutMs: number): void {
  const orDestroy = (error: Error | null): void => {
    if (error !== null) connection.destroy();
  };
  const limits =
    // Either understands its own; to the other it is a comment.
    `/*M! , max_statement_time = ${timeoutMs / 1_000} */ /*!50700 , max_execution_time = ${timeoutMs} */`;
  connection.query(
    // MariaDB cuts a collected list off at that length, which then is no JSON any more.
    `SET SESSION time_zone = '+00:00', group_concat_max_len = 67108864 ${limits}`,
    orDestroy,
  );
  connection.query("SET SESSION TRANSACTION READ ONLY", orDestroy);
}
