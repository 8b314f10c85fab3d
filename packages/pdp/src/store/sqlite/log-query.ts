import { parseEntityUid } from "@cordon/engine";
import { columnText } from "../../log/body.js";
import type { LogFilter } from "../../log/decision-log.js";
import { StoreError } from "../errors.js";
import type { Connection, SqlValue } from "./connection.js";

export interface LogQuery {
  sql: string;
  values: SqlValue[];
  limit: number;
  order: "newest" | "oldest";
}

interface Term {
  sql: string;
  values: SqlValue[];
  /** What to read from, so that rows come in order of `seq`; absent where the term is no place to start. */
  from?: string;
  /** The term where `from` is read, if it then reads otherwise. */
  driving?: string;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/**
 * The query of one page. Terms come most selective first, and the first that can drives: within one
 * value its index's entries lie in order of `seq`, so a page reads no more than it returns and what other terms
 * reject. SQLite would choose blindly here, having no statistics of a log that only grows.
 */
export function logQuery(connection: Connection, filter: LogFilter, columns: string): LogQuery | null {
  const limit = pageLimit(filter.limit);
  const order = pageOrder(filter.order);
  const terms = filterTerms(connection, filter);
  const driver = terms.find((term) => term.from !== undefined);
  if (driver?.driving !== undefined) driver.sql = driver.driving;
  const bounds = timeTerms(connection, filter);
  if (bounds === null) return null;
  const all = [...terms, ...bounds, ...cursorTerms(filter.cursor, order)];
  const where = all.length === 0 ? "" : ` WHERE ${all.map((term) => term.sql).join(" AND ")}`;
  const direction = order === "newest" ? "DESC" : "ASC";
  // one row more than asked for tells whether there is another page
  const sql = `SELECT ${columns} FROM ${driver?.from ?? "decisions NOT INDEXED"}${where} ORDER BY seq ${direction} LIMIT ${limit + 1}`;
  return { sql, values: all.flatMap((term) => term.values), limit, order };
}

/** The cursor of the page after a record. */
export function cursorAfter(seq: number, order: "newest" | "oldest"): string {
  return `${order === "newest" ? "n" : "o"}${seq}`;
}

function filterTerms(connection: Connection, filter: LogFilter): Term[] {
  const terms: Term[] = [];
  if (filter.resource !== undefined) terms.push(uidTerm(connection, "resource", filter.resource));
  if (filter.principal !== undefined) terms.push(uidTerm(connection, "principal", filter.principal));
  if (filter.policy !== undefined) terms.push(policyTerm(filter.policy));
  if (filter.action !== undefined) terms.push(uidTerm(connection, "action", filter.action));
  if (filter.caller !== undefined) {
    terms.push({ sql: "caller = ?", values: [columnText(filter.caller)], from: indexed("caller") });
  }
  if (filter.decision !== undefined) terms.push(decisionTerm(filter.decision));
  return terms;
}

function decisionTerm(decision: string): Term {
  if (decision === "deny") return { sql: "decision = 'deny'", values: [], from: indexed("deny") };
  if (decision === "allow") return { sql: "decision = 'allow'", values: [] };
  throw new StoreError("filter_invalid", `\`${decision}\` is no decision`, { help: "use `allow` or `deny`" });
}

/** Policies lie in a table of their own; CROSS JOIN makes SQLite start there. */
function policyTerm(policy: string): Term {
  return {
    sql: "EXISTS (SELECT 1 FROM decision_policies p WHERE p.policy = ? AND p.seq = decisions.seq)",
    values: [columnText(policy)],
    from: "decision_policies CROSS JOIN decisions USING (seq)",
    driving: "policy = ?",
  };
}

function indexed(name: string): string {
  return `decisions INDEXED BY decisions_${name}`;
}

/** A full uid, an entity type or a bare id; text that is both a type and an id means either. */
function uidTerm(connection: Connection, part: "principal" | "action" | "resource", text: string): Term {
  const from = indexed(part);
  if (text.includes('::"')) {
    const uid = parseUid(text);
    const values = [columnText(uid.id), columnText(uid.type)];
    return { sql: `${part}_id = ? AND ${part}_type = ?`, values, from };
  }
  const value = columnText(text);
  const idTerm: Term = { sql: `${part}_id = ?`, values: [value], from };
  // Cedar's action types all end so, and are not indexed: nearly every record has the same
  const isType = part === "action" ? /(^|::)Action$/.test(value) : occurs(connection, `${part}_type`, value);
  if (!isType) return idTerm;
  const typeTerm: Term = { sql: `${part}_type = ?`, values: [value] };
  if (part !== "action") typeTerm.from = indexed(`${part}_type`);
  if (!occurs(connection, `${part}_id`, value)) return typeTerm;
  return { sql: `(${part}_type = ? OR ${part}_id = ?)`, values: [value, value] };
}

function occurs(connection: Connection, column: string, value: string): boolean {
  return connection.all(`SELECT 1 FROM decisions WHERE ${column} = ? LIMIT 1`, value).length > 0;
}

function parseUid(text: string): { type: string; id: string } {
  try {
    return parseEntityUid(text);
  } catch (cause) {
    throw new StoreError("filter_invalid", `\`${text}\` is not an entity uid`, {
      cause,
      help: 'write `User::"ann"`, a type such as `User`, or a bare id such as `ann`',
    });
  }
}

/**
 * Times follow `seq` nearly, not exactly: clocks of several processes differ. The rows of the range bound
 * `seq`, so that a page stops there; the times themselves still decide.
 */
function timeTerms(connection: Connection, filter: LogFilter): Term[] | null {
  const terms: Term[] = [];
  if (filter.since !== undefined) terms.push({ sql: "time >= ?", values: [instant(filter.since, "since")] });
  if (filter.until !== undefined) terms.push({ sql: "time < ?", values: [instant(filter.until, "until")] });
  if (terms.length === 0) return terms;
  const where = terms.map((term) => term.sql).join(" AND ");
  const bounds = connection.one<{ low: number | null; high: number | null }>(
    `SELECT min(seq) AS low, max(seq) AS high FROM decisions INDEXED BY decisions_time WHERE ${where}`,
    ...terms.flatMap((term) => term.values),
  );
  if (bounds?.low == null || bounds.high == null) return null;
  return [...terms, { sql: "seq BETWEEN ? AND ?", values: [bounds.low, bounds.high] }];
}

function instant(text: string, name: string): number {
  const time = /^\d{4}-\d\d-\d\d([Tt ]|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new StoreError("filter_invalid", `\`${name}\` is not a time: \`${text}\``, {
      help: "write it as `2026-01-31T08:00:00Z`",
    });
  }
  return time;
}

function cursorTerms(cursor: string | undefined, order: "newest" | "oldest"): Term[] {
  if (cursor === undefined) return [];
  const match = /^([no])(\d{1,15})$/.exec(cursor);
  if (match === null || (match[1] === "n") !== (order === "newest")) {
    throw new StoreError("filter_invalid", `\`${cursor}\` is not a cursor of this listing`, {
      help: "pass `next` of a page on with the same filter and order",
    });
  }
  return [{ sql: order === "newest" ? "seq < ?" : "seq > ?", values: [Number(match[2])] }];
}

function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new StoreError("filter_invalid", `\`limit\` is ${limit}, but must be from 1 to ${MAX_LIMIT}`);
}

function pageOrder(order: LogFilter["order"]): "newest" | "oldest" {
  if (order === undefined || order === "newest" || order === "oldest") return order ?? "newest";
  throw new StoreError("filter_invalid", `\`${String(order)}\` is no order`, {
    help: "use `newest` or `oldest`",
  });
}
