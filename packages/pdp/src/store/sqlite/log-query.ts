import { parseEntityUid } from "@cordon/engine";
import { columnText } from "../../log/body.js";
import type { LogFilter } from "../../log/decision-log.js";
import { StoreError } from "../../store-error.js";
import type { Connection, SqlValue } from "./connection.js";
import { CHUNK_BITS } from "./schema.js";

export interface SelectedPage<Row> {
  rows: Row[];
  /** Whether more rows follow. */
  more: boolean;
  order: Order;
}

type Order = "newest" | "oldest";

/** Sequence numbers, both inclusive. */
interface Range {
  low: number;
  high: number;
}

interface Term {
  sql: string;
  values: SqlValue[];
  /** What to read from, so that rows come in order of `seq`; absent where the term is no place to start. */
  from?: string;
  /** The term where `from` is read, if it then reads otherwise. */
  driving?: string;
  /** Whether the index lies in chunks, each of which is in order of `seq`. */
  chunked?: boolean;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/**
 * The rows of one page. Terms come most selective first, and the first that can drives: within one value
 * its index's entries lie in order of `seq`, so a page reads no more than it returns and what other terms
 * reject. SQLite would choose blindly here, having no statistics of a log that only grows.
 */
export function selectPage<Row>(
  connection: Connection,
  filter: LogFilter,
  columns: string,
): SelectedPage<Row> {
  const limit = pageLimit(filter.limit);
  const order = pageOrder(filter.order);
  const terms = [...filterTerms(connection, filter), ...timeTerms(filter)];
  const range = seqRange(connection, filter, order);
  if (range === null) return { rows: [], more: false, order };
  const driver = terms.find((term) => term.from !== undefined);
  const where = [
    ...terms.map((term) => (term === driver && term.driving) || term.sql),
    "seq BETWEEN ? AND ?",
  ].join(" AND ");
  const direction = order === "newest" ? "DESC" : "ASC";
  const from = driver?.from ?? "decisions NOT INDEXED";
  const values = terms.flatMap((term) => term.values);
  const select = (bounds: Range, wanted: number, chunk: number[]) => {
    const inChunk = chunk.length === 0 ? "" : `${IN_CHUNK} AND `;
    const sql = `SELECT ${columns} FROM ${from} WHERE ${inChunk}${where} ORDER BY seq ${direction} LIMIT ?`;
    return connection.all<Row>(sql, ...chunk, ...values, bounds.low, bounds.high, wanted);
  };
  // one row more than asked for tells whether there is another page
  const rows = driver?.chunked ? byChunk(range, order, limit + 1, select) : select(range, limit + 1, []);
  return { rows: rows.slice(0, limit), more: rows.length > limit, order };
}

type Select<Row> = (bounds: Range, wanted: number, chunk: [number]) => Row[];

const IN_CHUNK = `seq >> ${CHUNK_BITS} = ?`;

function byChunk<Row>(range: Range, order: Order, wanted: number, select: Select<Row>): Row[] {
  const rows: Row[] = [];
  const size = 2 ** CHUNK_BITS;
  const [low, high] = [Math.floor(range.low / size), Math.floor(range.high / size)];
  for (let i = 0; i <= high - low && rows.length < wanted; i++) {
    const chunk = order === "newest" ? high - i : low + i;
    const bounds = {
      low: Math.max(range.low, chunk * size),
      high: Math.min(range.high, (chunk + 1) * size - 1),
    };
    rows.push(...select(bounds, wanted - rows.length, [chunk]));
  }
  return rows;
}

/** The cursor of the page after a record. */
export function cursorAfter(seq: number, order: Order): string {
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
  const chunked = part !== "action";
  if (text.includes('::"')) {
    const uid = parseUid(text);
    const values = [columnText(uid.id), columnText(uid.type)];
    return { sql: `${part}_id = ? AND ${part}_type = ?`, values, from, chunked };
  }
  const value = columnText(text);
  const idTerm: Term = { sql: `${part}_id = ?`, values: [value], from, chunked };
  // Cedar's action types all end so, and are not indexed: nearly every record has the same
  const isType = part === "action" ? /(^|::)Action$/.test(value) : typeOccurs(connection, part, value);
  if (!isType) return idTerm;
  const typeTerm: Term = { sql: `${part}_type = ?`, values: [value] };
  if (part !== "action") typeTerm.from = indexed(`${part}_type`);
  if (part !== "action" && !idOccurs(connection, part, value)) return typeTerm;
  return { sql: `(${part}_type = ? OR ${part}_id = ?)`, values: [value, value] };
}

function typeOccurs(connection: Connection, part: "principal" | "resource", type: string): boolean {
  return (
    connection.all(`SELECT 1 FROM ${indexed(`${part}_type`)} WHERE ${part}_type = ? LIMIT 1`, type).length > 0
  );
}

function idOccurs(connection: Connection, part: "principal" | "resource", id: string): boolean {
  const range = wholeRange(connection);
  if (range === null) return false;
  const sql = `SELECT 1 FROM ${indexed(part)} WHERE ${IN_CHUNK} AND ${part}_id = ? LIMIT 1`;
  return byChunk(range, "newest", 1, (_, __, chunk) => connection.all(sql, ...chunk, id)).length > 0;
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

function timeTerms(filter: LogFilter): Term[] {
  const terms: Term[] = [];
  if (filter.since !== undefined) terms.push({ sql: "time >= ?", values: [instant(filter.since, "since")] });
  if (filter.until !== undefined) terms.push({ sql: "time < ?", values: [instant(filter.until, "until")] });
  return terms;
}

/** Where in the log a page can lie; null for nowhere. */
function seqRange(connection: Connection, filter: LogFilter, order: Order): Range | null {
  const cursor = cursorSeq(filter.cursor, order);
  const whole = wholeRange(connection);
  const timed = whole === null ? null : timeRange(connection, filter, whole);
  if (timed === null) return null;
  let { low, high } = timed;
  if (cursor !== null && order === "newest") high = Math.min(high, cursor - 1);
  if (cursor !== null && order === "oldest") low = Math.max(low, cursor + 1);
  return low > high ? null : { low, high };
}

/**
 * From the first to the last chunk with a record of that time. Times follow `seq` nearly, not exactly,
 * because the clocks of several processes differ: the chunks bound a page, the times themselves decide.
 */
function timeRange(connection: Connection, filter: LogFilter, whole: Range): Range | null {
  const terms = timeTerms(filter);
  if (terms.length === 0) return whole;
  const where = terms.map((term) => term.sql).join(" AND ");
  const sql = `SELECT seq FROM ${indexed("time")} WHERE ${IN_CHUNK} AND ${where} LIMIT 1`;
  const values = terms.flatMap((term) => term.values);
  const edge = (order: Order) =>
    byChunk<{ seq: number }>(whole, order, 1, (_, __, chunk) => connection.all(sql, ...chunk, ...values))[0]
      ?.seq;
  const [first, last] = [edge("oldest"), edge("newest")];
  if (first === undefined || last === undefined) return null;
  const size = 2 ** CHUNK_BITS;
  return {
    low: Math.max(whole.low, first - (first % size)),
    high: Math.min(whole.high, last - (last % size) + size - 1),
  };
}

function wholeRange(connection: Connection): Range | null {
  const edge = (which: "min" | "max") =>
    connection.one<{ seq: number | null }>(`SELECT ${which}(seq) AS seq FROM decisions`)?.seq ?? null;
  const [low, high] = [edge("min"), edge("max")];
  return low === null || high === null ? null : { low, high };
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

function cursorSeq(cursor: string | undefined, order: Order): number | null {
  if (cursor === undefined) return null;
  const match = /^([no])(\d{1,15})$/.exec(cursor);
  if (match === null || (match[1] === "n") !== (order === "newest")) {
    throw new StoreError("filter_invalid", `\`${cursor}\` is not a cursor of this listing`, {
      help: "pass `next` of a page on with the same filter and order",
    });
  }
  return Number(match[2]);
}

function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new StoreError("filter_invalid", `\`limit\` is ${limit}, but must be from 1 to ${MAX_LIMIT}`);
}

function pageOrder(order: LogFilter["order"]): Order {
  if (order === undefined || order === "newest" || order === "oldest") return order ?? "newest";
  throw new StoreError("filter_invalid", `\`${String(order)}\` is no order`, {
    help: "use `newest` or `oldest`",
  });
}
