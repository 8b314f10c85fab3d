import type { Dialect } from "./dialect.js";

const ARRAYS = { text: "text[]", integer: "bigint[]", uuid: "uuid[]" } as const;

export const POSTGRES: Dialect = {
  name: "postgres",
  defaults: { datetime: "timestamptz", decimal: "numeric", ipaddr: "inet", Set: "array" },
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  asText: (expression) => `${expression}::text`,
  arrayAsJson: (expression) => `to_json(${expression})::text`,
  collect: (expression, from, condition) =>
    `(SELECT coalesce(json_agg(${expression}), '[]')::text FROM ${from} WHERE ${condition})`,
  jsonList: (expressions) => `json_build_array(${expressions.join(", ")})`,
  // The second half matters under a collation by which different texts are equal.
  sameText: (left, right) => `${left} = ${right} AND ${left}::text COLLATE "C" = ${right}::text COLLATE "C"`,
  list: (ids, as) => ({ sql: `$1::${ARRAYS[as]}`, values: [ids] }),
  among: (column, list) => `${column} = ANY(${list})`,
  holds: (text) => !text.includes("\0") && !/\p{Surrogate}/u.test(text),
};
