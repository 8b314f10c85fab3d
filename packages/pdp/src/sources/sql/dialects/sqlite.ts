import { type Dialect, filledUp } from "./dialect.js";

export const SQLITE: Dialect = {
  name: "sqlite",
  defaults: { datetime: "milliseconds", decimal: "units", ipaddr: "text", Set: "json" },
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  asText: (expression) => `CAST(${expression} AS TEXT)`,
  collect: (expression, from, condition) =>
    `(SELECT json_group_array(${expression}) FROM ${from} WHERE ${condition})`,
  jsonList: (expressions) => `json_array(${expressions.join(", ")})`,
  sameText: (left, right) =>
    `${left} = ${right} AND CAST(${left} AS TEXT) = CAST(${right} AS TEXT) COLLATE BINARY`,
  list: (ids, as) => {
    const values = filledUp(ids);
    // Text is never the same as an integer of a column without a type.
    return { sql: values.map(() => (as === "integer" ? "CAST(? AS INTEGER)" : "?")).join(", "), values };
  },
  among: (column, list) => `${column} IN (${list})`,
  holds: (text) => !/\p{Surrogate}/u.test(text),
};
