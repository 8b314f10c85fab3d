import { PlanError } from "../plan-error.js";
import type { Dialect, JsonKind } from "./dialect.js";
import { allOf, bound, joinSql, raw, type Sql, sql } from "./fragment.js";
import type { Form } from "./scalar.js";
import { isWellFormed } from "./shared.js";

const JSON_TYPES: Readonly<Record<JsonKind, string>> = {
  String: "('text')",
  Long: "('integer')",
  Boolean: "('true', 'false')",
};

export const SQLITE: Dialect = {
  name: "sqlite",
  defaults: { datetime: "milliseconds", decimal: "units", ipaddr: "text", Set: "json" },
  forms: new Set<Form>(["text", "integer", "wide", "boolean", "milliseconds", "units", "address"]),
  timestamps: { first: 0n, end: 0n },
  correlated: [],
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: () => "?",
  // A JavaScript number arrives as a real, with which arithmetic would lose digits.
  around: (type) => (type === "bigint" ? ["CAST(", " AS INTEGER)"] : ["", ""]),
  isStorable: isWellFormed,
  textKey: (text, side) => (side === "own" ? sql`${text} COLLATE BINARY` : text),
  textEquals: ({ sql: text }, literal) => sql`${text} COLLATE BINARY = ${bound("text", literal)}`,
  textDiffers: ({ sql: text }, literal) => sql`${text} COLLATE BINARY <> ${bound("text", literal)}`,
  textIn: ({ sql: text }, literals) => sql`${text} COLLATE BINARY IN (${list(literals, "text")})`,
  textsEqual: (left, right) => sql`${left} COLLATE BINARY = ${right}`,
  like,
  integer: (value) => bound("bigint", value),
  integersIn: (integer, values) => sql`${integer} IN (${list(values, "bigint")})`,
  uuidsIn: (uuid, values) => sql`${uuid} IN (${list(values, "text")})`,
  boolean: (value) => raw(value ? "1" : "0"),
  asText: ({ sql: id }) => sql`CAST(${id} AS TEXT)`,
  collectedText: (text) => sql`${text} COLLATE BINARY`,
  widen: (integer) => integer,
  // What overflows becomes a real.
  isLong: (wide) => sql`typeof(${wide}) = 'integer'`,
  divide: (integer, by) => sql`(${integer} / ${raw(String(by))})`,
  modulo: (integer, by) => {
    const divisor = raw(String(by));
    return sql`((${integer} % ${divisor} + ${divisor}) % ${divisor})`;
  },
  milliseconds: (datetime) => datetime,
  isFinite: () => undefined,
  isInRange: () => raw("FALSE"),
  isIpv4: () => raw("FALSE"),
  jsonMember: (document, name) => {
    if (/["\\$[\]]/.test(name)) {
      throw new PlanError("not_expressible", `the member \`${name}\` can't be looked up in JSON`, {
        help: "give it a column of its own",
      });
    }
    const value = sql`${document} -> ${bound("text", `$."${name}"`)}`;
    return sql`CASE WHEN json_valid(${document}) THEN nullif(${value}, 'null') END`;
  },
  jsonScalar: (value, kind) => {
    const plain = sql`${value} ->> '$'`;
    return sql`CASE WHEN ${ofKind(sql`json_type(${value})`, plain, kind)} THEN ${plain} END`;
  },
  isJson: (value, type) =>
    sql`CASE WHEN json_valid(${value}) THEN json_type(${value}) = ${raw(`'${type}'`)} END`,
  jsonElements: (elements, alias, kind) => {
    const isList = sql`CASE WHEN json_type(${elements}) = 'array' THEN ${elements} END`;
    return {
      from: sql`json_each(CASE WHEN json_valid(${elements}) THEN ${isList} END) AS ${alias}`,
      value: sql`${alias}.value`,
      odd: sql`NOT (${ofKind(sql`${alias}.type`, sql`${alias}.value`, kind)})`,
    };
  },
};

/** What JSON calls an integer may be more than 64 bits take: then it is a real. */
function ofKind(type: Sql, value: Sql, kind: JsonKind): Sql {
  const matches = sql`${type} IN ${raw(JSON_TYPES[kind])}`;
  return kind === "Long" ? sql`(${matches} AND typeof(${value}) = 'integer')` : matches;
}

function list(values: readonly string[], type: "text" | "bigint"): Sql {
  return joinSql(
    values.map((value) => bound(type, value)),
    ", ",
  );
}

/**
 * `LIKE` ignores case and `GLOB` ends at a NUL, so the pieces are looked for as bytes, each as far left as it
 * goes: that leaves the most for those after it.
 */
function like(text: Sql, pieces: readonly string[]): Sql {
  const first = pieces[0] ?? "";
  const last = pieces[pieces.length - 1] ?? "";
  const inner = pieces.slice(1, -1).filter((piece) => piece !== "");
  const bytes = sql`CAST(${text} AS BLOB)`;
  const [start, end] = [byteLength(first), byteLength(last)];
  const ends = allOf([
    sql`length(${bytes}) >= ${raw(String(start + end))}`,
    ...(start === 0 ? [] : [sql`substr(${bytes}, 1, ${raw(String(start))}) = ${blob(first)}`]),
    ...(end === 0 ? [] : [sql`substr(${bytes}, ${raw(String(-end))}) = ${blob(last)}`]),
  ]);
  if (inner.length === 0) return ends;
  const between = sql`substr(${bytes}, ${raw(String(start + 1))}, length(${bytes}) - ${raw(String(start + end))})`;
  return sql`CASE WHEN ${ends} THEN ${found(between, inner)} WHEN ${text} IS NOT NULL THEN 0 END`;
}

function found(rest: Sql, pieces: readonly string[]): Sql {
  const searched = pieces.reduce((inner, piece) => {
    const position = sql`instr(b, ${blob(piece)})`;
    const after = sql`substr(b, p + ${raw(String(byteLength(piece)))})`;
    return sql`SELECT ${after} AS b FROM (SELECT b, ${position} AS p FROM (${inner})) WHERE p > 0`;
  }, sql`SELECT ${rest} AS b`);
  return sql`EXISTS (${searched})`;
}

function blob(text: string): Sql {
  return sql`CAST(${bound("text", text)} AS BLOB)`;
}

/** In UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
