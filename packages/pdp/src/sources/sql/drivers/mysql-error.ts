import { codeOf, type Diagnosis, diagnoseConnection } from "../driver-error.js";

const MAPPING = new Set([
  "ER_NO_SUCH_TABLE",
  "ER_BAD_FIELD_ERROR",
  "ER_PARSE_ERROR",
  "ER_BAD_TABLE_ERROR",
  "ER_CANT_AGGREGATE_2COLLATIONS",
  "ER_SP_DOES_NOT_EXIST",
  "ER_FUNC_INEXISTENT_NAME_COLLISION",
]);
const STOPPED = new Set(["ER_STATEMENT_TIMEOUT", "ER_QUERY_TIMEOUT", "ER_QUERY_INTERRUPTED"]);
const LOST = new Set(["ER_SERVER_SHUTDOWN", "ER_CONNECTION_KILLED", "ER_NORMAL_SHUTDOWN"]);

/** `mysql2` has names for errors of MySQL; of MariaDB's own it gives the number alone. */
function numbered(error: unknown): string {
  const errno = error instanceof Error ? (error as NodeJS.ErrnoException).errno : undefined;
  if (errno === undefined || errno < 1_000) return "";
  return errno === 1_969 ? "ER_STATEMENT_TIMEOUT" : `error ${errno}`;
}

/** What an error of `mysql2` comes to: by its code, since its words may quote data. */
export function diagnoseMysql(error: unknown): Diagnosis {
  const connection = diagnoseConnection(error);
  if (connection !== undefined) return connection;
  const code = codeOf(error) || numbered(error);
  if (MAPPING.has(code)) {
    const says = error instanceof Error ? error.message : code;
    return {
      code: "source_settings",
      message: `the mapping doesn't fit the database: ${says}`,
      help: "see `types` in the settings of the source",
    };
  }
  if (
    /^ER_(ACCESS_DENIED|DBACCESS_DENIED|TABLEACCESS_DENIED|COLUMNACCESS_DENIED|BAD_DB|SPECIFIC_ACCESS|HOST)/.test(
      code,
    )
  ) {
    return {
      code: "source_refused",
      message: `the database refuses (${code})`,
      help: "see the user and the database in the `url` of the source, and what that user may read",
    };
  }
  if (STOPPED.has(code)) {
    return {
      code: "source_timeout",
      message: "the database stopped the statement",
      help: "see why it is slow, or set `timeout` of the source higher",
    };
  }
  if (code === "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION") {
    return {
      code: "source_settings",
      message: "a query of the mapping writes",
      help: "a source reads and nothing else",
    };
  }
  if (code === "ER_CON_COUNT_ERROR" || code === "ER_TOO_MANY_USER_CONNECTIONS") {
    return {
      code: "source_overloaded",
      message: "the database has no connection left",
      help: "set `connections` of the source lower, or the limit of the database higher",
    };
  }
  if (LOST.has(code) || code === "") {
    return {
      code: "source_unreachable",
      message: `the connection to the database is lost${code === "" ? "" : ` (${code})`}`,
      help: "see whether it runs",
    };
  }
  return { code: "source_failed", message: `the database failed (${code})`, help: "see its log" };
}
