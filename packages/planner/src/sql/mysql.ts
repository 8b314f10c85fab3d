import { PlanError } from "../plan-error.js";
import type { Dialect, JsonKind } from "./dialect.js";
import { bound, joinSql, raw, type Sql, sql } from "./fragment.js";
import type { Form } from "./scalar.js";
import { isWellFormed, likePattern, MAX_LONG, MIN_LONG } from "./shared.js";

/** Longer than any id that an index can hold, 3,072 bytes. */
const COLLECTED_LENGTH = "6144";

/** MySQL 8 and MariaDB 10.6 or later. */
export const MYSQL: Dialect = {
  name: "mysql",
  defaults: { datetime: "timestamp", decimal: "numeric", ipaddr: "text", Set: "json" },
  forms: new Set<Form>([
    "text",
    "integer",
    "wide",
    "boolean",
    "timestamp",
    "milliseconds",
    "numeric",
    "units",
    "address",
  ]),
  // The years 0 to 9999.
  timestamps: { first: -62_167_219_200_000n, end: 253_402_300_800_000n },
  // MariaDB remembers what a subquery came to for a value outside of it, and takes values that collate alike for
  // the same. What is random it does not remember. To MySQL this is a comment.
  correlated: [raw("TRUE /*M! AND RAND() IS NOT NULL */")],
  quote: (name) => `\`${name.replaceAll("`", "``")}\``,
  placeholder: () => "?",
  around: (type) => AROUND[type] ?? ["", ""],
  isStorable: isWellFormed,
  textKey: bytes,
  // Equal bytes are equal in every collation, so the first comparison can use the column's index.
  textEquals: ({ sql: text, exact }, literal) => {
    const equal = sql`${text} = ${bound("text", literal)}`;
    return exact ? equal : sql`(${equal} AND ${bytes(text)} = ${bytes(bound("text", literal))})`;
  },
  textDiffers: ({ sql: text }, literal) => sql`${bytes(text)} <> ${bytes(bound("text", literal))}`,
  textIn: ({ sql: text, exact }, literals) => {
    const among = sql`${text} IN (${joinSql(
      literals.map((literal) => bound("text", literal)),
      ", ",
    )})`;
    if (exact) return among;
    const same = joinSql(
      literals.map((literal) => bytes(bound("text", literal))),
      ", ",
    );
    return sql`(${among} AND ${bytes(text)} IN (${same}))`;
  },
  textsEqual: (left, right) => sql`${bytes(left)} = ${bytes(right)}`,
  like: (text, pieces) => sql`${binary(text)} LIKE ${binary(bound("text", likePattern(pieces)))} ESCAPE '|'`,
  integer: (value) => bound("bigint", value),
  integersIn: (integer, values) =>
    sql`${integer} IN (${joinSql(
      values.map((value) => bound("bigint", value)),
      ", ",
    )})`,
  uuidsIn: (uuid, values) =>
    sql`${uuid} IN (${joinSql(
      values.map((value) => bound("text", value)),
      ", ",
    )})`,
  boolean: (value) => raw(value ? "1" : "0"),
  asText: ({ sql: id }) => sql`CAST(${id} AS CHAR)`,
  collectedText: (text) => sql`CAST(${bytes(text)} AS CHAR(${raw(COLLECTED_LENGTH)}))`,
  widen: (integer) => sql`CAST(${integer} AS DECIMAL(65, 0))`,
  isLong: (wide) => sql`${wide} BETWEEN ${raw(MIN_LONG)} AND ${raw(MAX_LONG)}`,
  divide: (integer, by) => sql`(${integer} DIV ${raw(String(by))})`,
  modulo: (integer, by) => {
    const divisor = raw(String(by));
    return sql`MOD(MOD(${integer}, ${divisor}) + ${divisor}, ${divisor})`;
  },
  milliseconds: (datetime) =>
    sql`CAST(FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${datetime}) / 1000) AS DECIMAL(65, 0))`,
  isFinite: () => undefined,
  isInRange: () => raw("FALSE"),
  isIpv4: () => raw("FALSE"),
  jsonMember: (document, name) => {
    // MariaDB finds no member of such a name, wherever it is.
    if (/^-|\p{Cc}/u.test(name)) {
      throw new PlanError("not_expressible", `the member \`${name}\` can't be looked up in JSON`, {
        help: "give it a column of its own",
      });
    }
    const value = sql`JSON_EXTRACT(${document}, ${bound("text", `$."${name.replace(/["\\]/g, "\\$&")}"`)})`;
    return sql`CASE WHEN JSON_VALID(${document}) THEN CASE WHEN JSON_TYPE(${value}) <> 'NULL' THEN ${value} END END`;
  },
  jsonScalar: (value, kind) => jsonScalar(value, sql`JSON_UNQUOTE(${value})`, kind),
  isJson: (value, type) =>
    sql`CASE WHEN JSON_VALID(${value}) THEN JSON_TYPE(${value}) = ${raw(`'${type.toUpperCase()}'`)} END`,
  jsonElements: (list, alias, kind) => {
    const isList = sql`CASE WHEN JSON_TYPE(${list}) = 'ARRAY' THEN ${list} END`;
    const source = sql`CASE WHEN JSON_VALID(${list}) THEN ${isList} END`;
    const element = sql`JSON_EXTRACT(${list}, CONCAT('$[', ${alias}.o - 1, ']'))`;
    const value = jsonScalar(element, sql`${alias}.v`, kind);
    return {
      from: sql`JSON_TABLE(${source}, '$[*]' COLUMNS (o FOR ORDINALITY, v LONGTEXT PATH '$')) AS ${alias}`,
      value,
      odd: sql`${value} IS NULL`,
    };
  },
};

const AROUND: Readonly<Record<string, readonly [string, string]>> = {
  bigint: ["CAST(", " AS SIGNED)"],
  numeric: ["CAST(", " AS DECIMAL(19, 4))"],
  timestamp: ["CAST(", " AS DATETIME(6))"],
};

/**
 * Its bytes in one encoding, in hexadecimal: no collation folds or pads that. (As binary strings, MariaDB's
 * materialised subqueries ignore trailing spaces.)
 */
function bytes(text: Sql): Sql {
  return sql`HEX(CONVERT(${text} USING utf8mb4))`;
}

function binary(text: Sql): Sql {
  return sql`CAST(CONVERT(${text} USING utf8mb4) AS BINARY)`;
}

function jsonScalar(json: Sql, text: Sql, kind: JsonKind): Sql {
  switch (kind) {
    case "String":
      return sql`CASE WHEN JSON_TYPE(${json}) = 'STRING' THEN ${text} END`;
    case "Boolean":
      return sql`CASE WHEN JSON_TYPE(${json}) = 'BOOLEAN' THEN CASE ${text} WHEN 'true' THEN 1 WHEN '1' THEN 1 ELSE 0 END END`;
    case "Long": {
      const number = sql`CAST(${text} AS DECIMAL(65, 0))`;
      return sql`CASE WHEN JSON_TYPE(${json}) = 'INTEGER' THEN CASE WHEN ${number} BETWEEN ${raw(MIN_LONG)} AND ${raw(MAX_LONG)} THEN ${number} END END`;
    }
  }
}
