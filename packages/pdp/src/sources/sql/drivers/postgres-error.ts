import { codeOf, type Diagnosis, diagnoseConnection, unreachable } from "../driver-error.js";

/** What an error of `pg` comes to: by its SQLSTATE, since its words may quote data. */
export function diagnosePostgres(error: unknown): Diagnosis {
  const connection = diagnoseConnection(error);
  if (connection !== undefined) return connection;
  const state = codeOf(error);
  const says = error instanceof Error ? error.message : "";
  if (/^(42|0A)/.test(state) && state !== "42501") {
    return {
      code: "source_settings",
      message: `the mapping doesn't fit the database: ${says}`,
      help: "see `types` in the settings of the source; ids that are no text need `as`",
    };
  }
  if (state.startsWith("28") || state === "42501" || state.startsWith("3D")) {
    return {
      code: "source_refused",
      message: `the database refuses (SQLSTATE ${state})`,
      help: "see the user and the database in the `url` of the source, and what that user may read",
    };
  }
  if (state === "25006") {
    return {
      code: "source_settings",
      message: "a query of the mapping writes",
      help: "a source reads and nothing else",
    };
  }
  if (state === "57014") {
    return { code: "source_timeout", message: "the database stopped the statement", help: SLOW };
  }
  if (state === "53300") {
    return {
      code: "source_overloaded",
      message: "the database has no connection left",
      help: "set `connections` of the source lower, or the limit of the database higher",
    };
  }
  if (/^(08|57P)/.test(state)) return unreachable(`SQLSTATE ${state}`);
  if (state.startsWith("22")) {
    return {
      code: "source_malformed",
      message: `the database can't read its data as the mapping says (SQLSTATE ${state})`,
      help: "see `types` in the settings of the source",
    };
  }
  // Without a state it is the connection that broke.
  if (state === "") return unreachable(/timeout/i.test(says) ? "timeout" : "connection lost");
  return { code: "source_failed", message: `the database failed (SQLSTATE ${state})`, help: "see its log" };
}

const SLOW = "see why it is slow, or set `timeout` of the source higher";
