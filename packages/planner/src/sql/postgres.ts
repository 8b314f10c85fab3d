import type { Dialect, JsonKind } from "./dialect.js";
import { bound, type ParameterType, raw, type Sql, sql } from "./fragment.js";
import type { Form } from "./scalar.js";
import { isWellFormed, likePattern, MAX_LONG, MIN_LONG } from "./shared.js";

/** Deterministic whatever the database: two texts are equal under it exactly where their bytes are. */
const BYTES = raw('COLLATE pg_catalog."default"');

const CASTS: Readonly<Record<ParameterType, string>> = {
  text: "text",
  texts: "text[]",
  bigint: "bigint",
  bigints: "bigint[]",
  boolean: "boolean",
  numeric: "numeric",
  timestamptz: "timestamptz",
  timestamp: "timestamp",
  inet: "inet",
  uuid: "uuid",
  uuids: "uuid[]",
};

export const POSTGRES: Dialect = {
  name: "postgres",
  defaults: { datetime: "timestamptz", decimal: "numeric", ipaddr: "inet", Set: "array" },
  forms: new Set<Form>([
    "text",
    "integer",
    "wide",
    "uuid",
    "boolean",
    "timestamptz",
    "timestamp",
    "milliseconds",
    "numeric",
    "units",
    "inet",
    "address",
  ]),
  // From 4714-11-24 BC on, and as far as a JavaScript date goes.
  timestamps: { first: -210_866_803_200_000n, end: 8_640_000_000_000_000n },
  correlated: [],
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (position) => `$${position}`,
  around: (type) => ["", `::${CASTS[type]}`],
  isStorable: (text) => !text.includes("\0") && isWellFormed(text),
  // What a subquery selects has no say in how it is compared: the collation stands on the other side.
  textKey: (text, side) => (side === "own" ? sql`${text} ${BYTES}` : text),
  // The collation of one side is that of the comparison; its index is used where it is the column's own.
  textEquals: ({ sql: text, exact }, literal) =>
    exact ? sql`${text} = ${bound("text", literal)}` : sql`${text} = ${bound("text", literal)} ${BYTES}`,
  textDiffers: ({ sql: text }, literal) => sql`${text} <> ${bound("text", literal)} ${BYTES}`,
  textIn: ({ sql: text, exact }, literals) =>
    exact
      ? sql`${text} = ANY(${bound("texts", literals)})`
      : sql`${text} = ANY(${bound("texts", literals)} ${BYTES})`,
  // What a subquery is asked for beside OR is a filter, and all rows are read; an array is found before any row.
  isAmongSelected: (id, select) => sql`${id} = ANY(ARRAY(${select}))`,
  textsEqual: (left, right) => sql`${left} = ${right} ${BYTES}`,
  like: (text, pieces) => sql`${text}::text ${BYTES} LIKE ${bound("text", likePattern(pieces))} ESCAPE '|'`,
  integer: (value) => bound("bigint", value),
  integersIn: (integer, values) => sql`${integer} = ANY(${bound("bigints", values)})`,
  uuidsIn: (uuid, values) => sql`${uuid} = ANY(${bound("uuids", values)})`,
  boolean: (value) => bound("boolean", value),
  asText: ({ sql: id }) => sql`${id}::text`,
  collectedText: (text) => sql`${text}::text ${BYTES}`,
  widen: (integer) => sql`${integer}::numeric`,
  isLong: (wide) => sql`${wide} BETWEEN ${raw(MIN_LONG)} AND ${raw(MAX_LONG)}`,
  divide: (integer, by) => sql`div(${integer}::numeric, ${raw(String(by))})`,
  modulo: (integer, by) => {
    const divisor = raw(String(by));
    return sql`mod(mod(${integer}::numeric, ${divisor}) + ${divisor}, ${divisor})`;
  },
  milliseconds: (datetime, form) => {
    const instant = form === "timestamp" ? sql`(${datetime} AT TIME ZONE 'UTC')` : datetime;
    return sql`floor(extract(epoch FROM ${instant}) * 1000)`;
  },
  isFinite: (datetime) => sql`isfinite(${datetime})`,
  isInRange: (address, range) => sql`${address} <<= ${range}`,
  isIpv4: (address) => sql`family(${address}) = 4`,
  jsonMember: (document, name) => sql`nullif(${document} -> ${bound("text", name)}, 'null'::jsonb)`,
  jsonScalar: (value, kind) => jsonScalar(value, kind),
  isJson: (value, type) => sql`jsonb_typeof(${value}) = ${raw(`'${type}'`)}`,
  jsonElements: (list, alias, kind) => {
    const value = sql`${alias}.v`;
    return {
      from: sql`jsonb_array_elements(CASE WHEN jsonb_typeof(${list}) = 'array' THEN ${list} END) AS ${alias}(v)`,
      value: jsonScalar(value, kind),
      odd: sql`${jsonScalar(value, kind)} IS NULL`,
    };
  },
};

/** The guard comes first: a cast of what isn't a number would raise. */
function jsonScalar(value: Sql, kind: JsonKind): Sql {
  const text = sql`(${value} #>> '{}')`;
  switch (kind) {
    case "String":
      return sql`CASE WHEN jsonb_typeof(${value}) = 'string' THEN ${text} END`;
    case "Boolean":
      return sql`CASE ${value} WHEN 'true'::jsonb THEN TRUE WHEN 'false'::jsonb THEN FALSE END`;
    case "Long": {
      const number = sql`${text}::numeric`;
      const inner = sql`CASE WHEN ${number} = trunc(${number}) AND ${number} BETWEEN ${raw(MIN_LONG)} AND ${raw(MAX_LONG)} THEN ${number} END`;
      return sql`CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${inner} END`;
    }
  }
}
