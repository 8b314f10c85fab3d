import { existsSync } from "node:fs";
import Database from "libsql";
import { SourceError } from "../../source-error.js";
import type { Driver, Rows, Statement } from "../driver.js";
import { givenUp, sourceError } from "../driver-error.js";

/** A file that another program writes and this one reads. It answers at once: there is nothing to wait for. */
export class SqliteDriver implements Driver {
  readonly #source: string;
  readonly #path: string;
  #database: Database.Database | undefined;
  #statements = new Map<string, Database.Statement<unknown[]>>();
  #closed = false;

  constructor(source: string, path: string) {
    this.#source = source;
    this.#path = path;
  }

  async query({ sql, values, passing }: Statement, signal: AbortSignal): Promise<Rows> {
    if (signal.aborted) throw givenUp(this.#source);
    if (this.#closed) throw new SourceError("source_closed", this.#source, "it was closed", "ask again");
    try {
      const statement = passing === true ? this.#open().prepare(sql).raw(true) : this.#prepared(sql);
      return statement.all(...values) as Rows;
    } catch (error) {
      if (error instanceof SourceError) throw error;
      throw diagnose(this.#source, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  #prepared(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#open().prepare(sql).raw(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #open(): Database.Database {
    if (this.#database === undefined) {
      // SQLite would make an empty database where there is none.
      if (!existsSync(this.#path)) throw missing(this.#source);
      this.#database = new Database(this.#path);
      this.#database.exec("PRAGMA query_only = ON; PRAGMA busy_timeout = 500");
    }
    return this.#database;
  }
}

function missing(source: string): SourceError {
  return new SourceError(
    "source_unreachable",
    source,
    "there is no such file",
    "see the `url` of the source",
  );
}

function diagnose(source: string, error: unknown): SourceError {
  const message = error instanceof Error ? error.message : "";
  if (/no such (table|column|function)|syntax error|incomplete input|misuse of aggregate/.test(message)) {
    return sourceError(source, {
      code: "source_settings",
      message: `the mapping doesn't fit the database: ${message}`,
      help: "see `types` in the settings of the source",
    });
  }
  if (/readonly|query_only|write a readonly/.test(message)) {
    return sourceError(source, {
      code: "source_settings",
      message: "a query of the mapping writes",
      help: "a source reads and nothing else",
    });
  }
  if (/unable to open|not a database|disk image/.test(message)) {
    return sourceError(source, {
      code: "source_refused",
      message: "the file is no database that can be read",
      help: "see the `url` of the source",
    });
  }
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? "") : "";
  return sourceError(source, {
    code: "source_failed",
    message: `SQLite failed (${code})`,
    help: "see the file",
  });
}
