import type { SchemaType } from "@cordon/engine";
import { type EntityMapping, parseMappings } from "../mapping/index.js";
import { absent, complement, defined, type Predicate, type Term } from "../predicate/index.js";
import { compileSql, type DialectName } from "../sql/index.js";

/** A column that holds what is no value of its type. */
export interface Malformed {
  readonly name: string;
  /** As SQL. */
  readonly column: string;
  readonly values: readonly string[];
  readonly type: SchemaType;
  readonly as?: string;
}

const SET_OF_TEXT: SchemaType = { type: "Set", element: { type: "String" } };
const SET_OF_LONG: SchemaType = { type: "Set", element: { type: "Long" } };
const RECORD: SchemaType = {
  type: "Record",
  attributes: {
    n: { type: { type: "Long" }, required: false },
    s: { type: { type: "String" }, required: false },
  },
};

export const MALFORMED: Readonly<Record<DialectName, readonly Malformed[]>> = {
  postgres: [
    {
      name: "arrays with a NULL, or of two dimensions",
      column: "text[]",
      values: ["ARRAY['a', NULL]", "ARRAY[['a'],['b']]"],
      type: SET_OF_TEXT,
    },
    {
      name: "JSON that is no list of texts",
      column: "jsonb",
      values: [`'["a", null]'`, `'["a", 1]'`, `'{"a": 1}'`, `'"a"'`, "'null'", "'[[\"a\"]]'"],
      type: SET_OF_TEXT,
      as: "json",
    },
    {
      name: "JSON numbers that are no Longs",
      column: "jsonb",
      values: ["'[1.5]'", "'[9223372036854775808]'", "'[1e400]'"],
      type: SET_OF_LONG,
      as: "json",
    },
    {
      name: "moments without end",
      column: "timestamptz",
      values: ["'infinity'", "'-infinity'"],
      type: { type: "Extension", name: "datetime" },
    },
    {
      name: "numbers that are no decimals",
      column: "numeric",
      values: ["'NaN'", "0.00001", "922337203685477.5808"],
      type: { type: "Extension", name: "decimal" },
    },
    { name: "JSON that is no record", column: "jsonb", values: ["'[]'", "'1'", "'null'"], type: RECORD },
  ],
  sqlite: [
    {
      name: "text that is no list of texts",
      column: "TEXT",
      values: [`'["a", null]'`, `'["a", 1]'`, `'{"a": 1}'`, "'no JSON'", "'\"a\"'", "''"],
      type: SET_OF_TEXT,
    },
    {
      name: "JSON numbers that are no Longs",
      column: "TEXT",
      values: ["'[1.5]'", "'[9223372036854775808]'"],
      type: SET_OF_LONG,
    },
    { name: "text that is no record", column: "TEXT", values: ["'[]'", "'1'", "'{'"], type: RECORD },
  ],
  mysql: [
    {
      name: "JSON that is no list of texts",
      column: "LONGTEXT",
      values: [`'["a", null]'`, `'["a", 1]'`, `'{"a": 1}'`, "'no JSON'", "'\"a\"'"],
      type: SET_OF_TEXT,
    },
    {
      name: "JSON numbers that are no Longs",
      column: "LONGTEXT",
      values: ["'[1.5]'", "'[9223372036854775808]'"],
      type: SET_OF_LONG,
    },
    { name: "text that is no record", column: "LONGTEXT", values: ["'[]'", "'1'", "'{'"], type: RECORD },
  ],
};

/** Conditions that every value of the type fulfils one way or the other. */
function conditionsOf(type: SchemaType): Predicate[] {
  const row: Term = { kind: "row", type: { type: "Entity", name: "Doc" } };
  const term: Term = { kind: "attribute", of: row, name: "a", type };
  const both = (condition: Predicate): Predicate[] => [condition, complementWhereDefined(condition)];
  switch (type.type) {
    case "Set": {
      const element =
        type.element.type === "Long"
          ? ({ type: "Long", value: "1" } as const)
          : ({ type: "String", value: "a" } as const);
      const set: Term = { kind: "literal", value: { type: "Set", elements: [element] } };
      return [
        defined(term),
        ...both({
          kind: "contains",
          negated: false,
          set: term,
          element: { kind: "literal", value: element },
        }),
        ...both({ kind: "containsAll", negated: false, left: set, right: term }),
        ...both({ kind: "containsAny", negated: false, left: term, right: set }),
        ...both({ kind: "isEmpty", negated: false, set: term }),
      ];
    }
    case "Record": {
      const member: Term = { kind: "attribute", of: term, name: "n", type: { type: "Long" } };
      return [
        defined(term),
        defined(member),
        {
          kind: "compare",
          operator: "!=",
          left: member,
          right: { kind: "literal", value: { type: "Long", value: "0" } },
        },
      ];
    }
    default: {
      const value =
        type.type === "Extension" && type.name === "decimal"
          ? ({ type: "decimal", value: "0" } as const)
          : ({ type: "datetime", value: "0" } as const);
      return [
        defined(term),
        ...(["==", "!=", "<", "<=", ">", ">="] as const).map(
          (operator): Predicate => ({
            kind: "compare",
            operator,
            left: term,
            right: { kind: "literal", value },
          }),
        ),
      ];
    }
  }
}

function complementWhereDefined(condition: Predicate): Predicate {
  return "negated" in condition ? { ...condition, negated: !condition.negated } : complement(condition);
}

/** For one column: how many of its rows fulfil any condition (none may), and how many have no value (all must). */
export async function countMalformed(
  dialect: DialectName,
  { column, values, type, as }: Malformed,
  run: (sql: string, parameters: readonly unknown[]) => Promise<number>,
): Promise<{ held: number; absent: number; rows: number }> {
  await run("DROP TABLE IF EXISTS malformed", []);
  await run(`CREATE TABLE malformed (id text, a ${column})`, []);
  for (const value of values) await run(`INSERT INTO malformed VALUES ('x', ${value})`, []);
  const attributes = { a: as === undefined ? "a" : { column: "a", as } };
  const mappings: EntityMapping[] = parseMappings({ Doc: { table: "malformed", id: "id", attributes } });
  const count = (condition: Predicate): Promise<number> => {
    const filter = compileSql({ version: 1, resourceType: "Doc", condition }, { dialect, mappings });
    return run(`SELECT count(*) AS n FROM malformed WHERE ${filter.sql}`, filter.parameters);
  };
  let held = 0;
  for (const condition of conditionsOf(type)) held += await count(condition);
  const row: Term = { kind: "row", type: { type: "Entity", name: "Doc" } };
  return {
    held,
    absent: await count(absent({ kind: "attribute", of: row, name: "a", type })),
    rows: values.length,
  };
}
