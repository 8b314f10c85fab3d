import assert from "node:assert/strict";
import {
  CedarSet,
  type EntityData,
  EntityStore,
  EntityUid,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import { compilePredicate } from "../javascript/index.js";
import type { Literal, Predicate, Term } from "../predicate/index.js";
import type { RowPlan } from "../translate/index.js";
import { worldOf } from "./cases.js";
import { findBySql } from "./equality.js";
import type { Office, OfficeEntity } from "./office.js";
import type { Shape } from "./shape.js";
import { type Flavor, type Statement, tablesOf } from "./tables.js";

/** Texts that would end a literal, a name, a statement or a comment, or start one, if any were made of them. */
const STORED = [
  "'",
  "''",
  '"',
  "`",
  "\\",
  "\\'",
  "\\\\'",
  "' OR '1'='1",
  "' OR 1=1 -- ",
  '" OR ""="',
  "'; DROP TABLE victim; --",
  '"; DROP TABLE victim; --',
  "`; DROP TABLE victim; -- ",
  "1); DELETE FROM victim; --",
  "' UNION SELECT 1, 'x' --",
  "$1",
  "$2::text",
  "$$",
  "$tag$",
  "?",
  "??",
  "?1",
  ":ids",
  ":1",
  "@x",
  "/* c */",
  "/*!50000 OR 1=1 */",
  "*/",
  "-- ",
  "#",
  ";",
  "%",
  "_",
  "%' OR '%'='",
  "|",
  "||",
  "|%",
  "{a,b}",
  '{"a":1}',
  "NULL",
  "\n",
  "\r\n",
  "\t",
  "\u001a",
  "\\u0027",
  "U&'\\0027'",
  "E'\\x27'",
  "%27",
  "&#39;",
  "\u00bf'",
  "\uff07",
  "\u02bc",
  "\u2019",
  "é",
  "😀'",
  "constructor",
  "__proto__",
] as const;

/** Those that no row has, some of which no database can have. */
const ELSEWHERE = ["'".repeat(100_000), "\\".repeat(65_536), "\ud800'", "'\udc00", "' "] as const;

/** A type, and so a table, with a name of the worst kind; and the names of columns. */
const OTHER = "o\"'`\\;--/*";
const NAMES = ['t"x', "t'x", "t`x", "t\\", "$1", "?", ":ids", "--", "/*", "%s", "];"] as const;
const STRING: SchemaType = { type: "String" };
const SET: SchemaType = { type: "Set", element: STRING };
const REFERENCE: SchemaType = { type: "Entity", name: OTHER };

function shape(): Shape {
  const strings = NAMES.map((name) => [name, { type: STRING, required: true }] as const);
  return {
    schema: {
      entityTypes: {
        [OTHER]: { memberOfTypes: [], attributes: Object.fromEntries(strings) },
        Doc: {
          memberOfTypes: [OTHER],
          tags: STRING,
          attributes: {
            ...Object.fromEntries(strings),
            "s'\"`": { type: SET, required: true },
            "r'\"`": { type: REFERENCE, required: true },
          },
        },
      },
      actions: {},
    },
    rows: { [OTHER]: 1, Doc: 1 },
    places: { [OTHER]: "table", Doc: "table" },
    principals: [OTHER],
    isGenerated: true,
  };
}

function officeOf(texts: readonly string[], choice: number, joinTables: boolean): Office {
  const entities = texts.flatMap((text): OfficeEntity[] => {
    const strings = NAMES.map((name): [string, Value] => [name, text]);
    const other = EntityUid.of(OTHER, text);
    return [
      { uid: other, attrs: new Map(strings), parents: [], tags: new Map() },
      {
        uid: EntityUid.of("Doc", text),
        attrs: new Map<string, Value>([...strings, ["s'\"`", CedarSet.of([text])], ["r'\"`", other]]),
        parents: [other],
        tags: new Map([[text, text]]),
      },
    ];
  });
  const ids = { [OTHER]: "text", Doc: "text" } as const;
  return {
    shape: shape(),
    layout: {
      ids,
      choices: new Map([["Doc s'\"`", choice]]),
      joinTables: { Doc: joinTables },
      ignoresCase: joinTables,
    },
    pools: { ids, storesNul: true, onlyTimestamps: true },
    entities,
  };
}

const row: Term = { kind: "row", type: { type: "Entity", name: "Doc" } };
const member = (of: Term, name: string, type: SchemaType): Term => ({ kind: "attribute", of, name, type });
const literal = (value: Literal): Term => ({ kind: "literal", value });

/** Everything that a text can be asked for by. */
function conditionsOn(value: string, index: number): Predicate[] {
  // Each name in its turn.
  const names = [NAMES[index % NAMES.length] ?? "", NAMES[(index * 3 + 1) % NAMES.length] ?? ""];
  const text: Literal = { type: "String", value };
  const doc: Literal = { type: "Entity", name: "Doc", id: value };
  const other = { type: "Entity", name: OTHER, id: value } as const;
  const reference = member(row, "r'\"`", REFERENCE);
  const set = member(row, "s'\"`", SET);
  const tag: Term = { kind: "tag", of: row, key: literal(text), type: STRING };
  const compare = (operator: "==" | "!=", left: Term, right: Literal): Predicate => ({
    kind: "compare",
    operator,
    left,
    right: literal(right),
  });
  const like = (pattern: readonly string[]): Predicate => ({
    kind: "like",
    negated: false,
    term: member(row, "?", STRING),
    pattern,
  });
  const patterns = /\p{Surrogate}/u.test(value)
    ? []
    : [
        [value, ""],
        ["", value],
        ["", value, ""],
      ].map(like);
  return [
    compare("==", row, doc),
    compare("!=", row, doc),
    compare("==", reference, other),
    { kind: "within", negated: false, member: row, of: [other, { ...other, id: "-" }] },
    ...names.map((name) => compare("==", member(row, name, STRING), text)),
    ...names.map((name) => compare("!=", member(reference, name, STRING), text)),
    {
      kind: "among",
      negated: false,
      term: member(row, "$1", STRING),
      values: [text, { type: "String", value: "-" }],
    },
    { kind: "contains", negated: false, set, element: literal(text) },
    {
      kind: "containsAny",
      negated: true,
      left: set,
      right: literal({ type: "Set", elements: [text, { type: "String", value: "-" }] }),
    },
    { kind: "defined", term: tag },
    compare("==", tag, text),
    ...patterns,
  ];
}

const BATCH = 40;

/**
 * Whatever stands in ids, values, names of tables and columns, patterns and keys: the rows that come are exactly
 * those that should, and nothing else happens to the database.
 */
export async function checkAttacks(
  flavor: Flavor,
  storesNul: boolean,
  run: (statement: Statement) => Promise<readonly { n: number; id: string }[]>,
): Promise<void> {
  const texts = [...STORED, ...(storesNul ? ["\0", "'\0--"] : [])];
  const victim = flavor.dialect === "mysql" ? "`victim`" : '"victim"';
  for (const [choice, joinTables] of [
    [0, false],
    [1, true],
    [2, false],
  ] as const) {
    const office = officeOf(texts, choice, joinTables);
    const { mappings, statements } = tablesOf(office, flavor);
    await run({ sql: `DROP TABLE IF EXISTS ${victim}`, parameters: [] });
    await run({ sql: `CREATE TABLE ${victim} (n int)`, parameters: [] });
    await run({ sql: `INSERT INTO ${victim} VALUES (1)`, parameters: [] });
    for (const statement of statements) await run(statement);
    const store = EntityStore.from(office.entities as Iterable<EntityData>);
    const world = worldOf(office, store, mappings, { dialect: flavor.dialect, inMemory: false });
    const count = async (): Promise<string> => {
      const counted = statements
        .filter(({ sql }) => sql.startsWith("CREATE TABLE "))
        .map(({ sql }) => sql.slice("CREATE TABLE ".length, sql.indexOf(" (")));
      const rows = [victim, ...counted].map((table, n) => `SELECT ${n} AS n, count(*) AS id FROM ${table}`);
      const found = await run({ sql: rows.join(" UNION ALL "), parameters: [] });
      return found.map(({ n, id }) => `${n}:${id}`).join();
    };
    const before = await count();
    const asked = [...texts, ...ELSEWHERE, ...(storesNul ? [] : ["\0", "'\0"])].flatMap(conditionsOn);
    for (let start = 0; start < asked.length; start += BATCH) {
      const batch = asked.slice(start, start + BATCH);
      const found = await findBySql(batch.map(planOf), world, run);
      for (const [i, condition] of batch.entries()) {
        const passes = compilePredicate({ version: 1, resourceType: "Doc", condition });
        const expected = texts.filter((id) => passes(EntityUid.of("Doc", id), store));
        assert.deepEqual(
          [...(found[i] ?? [])].sort(),
          [...expected].sort(),
          JSON.stringify(condition).slice(0, 500),
        );
      }
    }
    assert.equal(await count(), before);
  }
}

function planOf(condition: Predicate): RowPlan {
  const predicate = { version: 1, resourceType: "Doc", condition } as const;
  return { outcome: "when", predicate, contributions: [], exact: true };
}
