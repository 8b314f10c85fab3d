import Database from "libsql";
import { StoreError } from "../../store-error.js";

export type SqlValue = string | number | bigint | null | Uint8Array;
type Statement = Database.Statement<unknown[]>;

/** One connection to the store's file, with its prepared statements. */
export class Connection {
  readonly path: string;
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();
  #open = true;

  /** @param busyTimeoutMs how long a statement waits, blocking, for another connection's write */
  constructor(path: string, busyTimeoutMs: number) {
    this.path = path;
    try {
      this.#database = new Database(path, { timeout: busyTimeoutMs });
    } catch (cause) {
      throw openError(path, cause);
    }
  }

  /** Every row. Reading always to the end leaves no statement, and so no snapshot, open. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#statement(sql).all(values) as Row[];
  }

  /** The first row; the statement should yield at most one. */
  one<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.all<Row>(sql, ...values)[0];
  }

  /** Returns the number of rows changed. */
  run(sql: string, values: readonly SqlValue[] = []): number {
    return this.#statement(sql).run(values).changes;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The number a pragma answers with. */
  pragma(name: string): number {
    const row = this.one<Record<string, number>>(`PRAGMA ${name}`);
    return Number(row === undefined ? 0 : Object.values(row)[0]);
  }

  /** Changes whenever another connection, of any process, committed. */
  dataVersion(): number {
    return this.pragma("data_version");
  }

  /** Runs `work` in one transaction that is the file's only writer. */
  write<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    return this.#finish(work);
  }

  /** Runs `work` on one snapshot. */
  read<T>(work: () => T): T {
    this.exec("BEGIN");
    return this.#finish(work);
  }

  rollback(): void {
    if (this.#database.inTransaction) this.exec("ROLLBACK");
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#database.close();
  }

  #finish<T>(work: () => T): T {
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.rollback();
      } catch {
        // the first error says what happened; SQLite undoes an unfinished transaction at the next opening
      }
      throw error;
    }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** SQLite's name of an error, such as `SQLITE_BUSY`; empty for any other error. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : "";
}

export function openError(path: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (sqliteCode(cause) === "SQLITE_NOTADB") {
    return new StoreError("store_incompatible", `\`${path}\` is not a store`, {
      cause,
      help: "it is not an SQLite file; name another path",
    });
  }
  return new StoreError("store_unavailable", `the store \`${path}\` can't be opened: ${message}`, { cause });
}
