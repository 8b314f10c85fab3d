import { type Dialect, filledUp } from "./dialect.js";

/** MySQL and MariaDB. */
export const MYSQL: Dialect = {
  name: "mysql",
  defaults: { datetime: "timestamp", decimal: "numeric", ipaddr: "text", Set: "json" },
  quote: (name) => `\`${name.replaceAll("`", "``")}\``,
  asText: (expression) => `CAST(${expression} AS CHAR)`,
  collect: (expression, from, condition) =>
    `CAST((SELECT COALESCE(JSON_ARRAYAGG(${expression}), '[]') FROM ${from} WHERE ${condition}) AS CHAR)`,
  jsonList: (expressions) => `JSON_ARRAY(${expressions.join(", ")})`,
  // Most collations take upper and lower case, and a space at the end or none, for the same.
  sameText: (left, right) => `${left} = ${right} AND ${bytesOf(left)} = ${bytesOf(right)}`,
  list: (ids, as) => {
    const values = filledUp(ids);
    // Text is compared with an integer as a floating-point number.
    return { sql: values.map(() => (as === "integer" ? "CAST(? AS SIGNED)" : "?")).join(", "), values };
  },
  among: (column, list) => `${column} IN (${list})`,
  holds: (text) => !/\p{Surrogate}/u.test(text),
};

function bytesOf(expression: string): string {
  return `CAST(CONVERT(${expression} USING utf8mb4) AS BINARY)`;
}
