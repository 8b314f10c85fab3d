import pg from "pg";
import type { ServerAddress } from "../database-url.js";
import { codeOf, type Diagnosis, diagnoseConnection } from "../driver-error.js";
import { clientConfig } from "../drivers/postgres.js";
import { diagnosePostgres } from "../drivers/postgres-error.js";

/** Whoever may change the database: for the commands alone, never while decisions are made. */
export class PostgresAdmin {
  readonly #address: ServerAddress;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** Runs the statements, all or none. @returns why they couldn't be */
  async apply(statements: readonly string[]): Promise<Diagnosis | undefined> {
    const client = new pg.Client({ ...clientConfig(this.#address), connectionTimeoutMillis: 10_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";\n"));
      return undefined;
    } catch (error) {
      return diagnose(error);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** Here the words of the database are about its own objects and help; they hold nobody's data. */
function diagnose(error: unknown): Diagnosis {
  const state = codeOf(error);
  if (diagnoseConnection(error) !== undefined || !/^(42|2F|0A)/.test(state)) return diagnosePostgres(error);
  return {
    code: state === "42501" ? "source_refused" : "source_settings",
    message: `the database says: ${error instanceof Error ? error.message : state}`,
    help:
      state === "42501"
        ? "name a user who owns the tables with `--url`"
        : "views and foreign tables tell of nothing: name the tables behind them in `watch` of the type",
  };
}
