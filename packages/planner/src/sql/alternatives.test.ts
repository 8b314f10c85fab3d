import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DatabaseServer, startPostgres } from "@cordon/databases";
import pg from "pg";
import { parseMappings } from "../mapping/index.js";
import type { Predicate, Term } from "../predicate/index.js";
import { compileSql } from "./compile-sql.js";

const MAPPINGS = parseMappings({
  Ticket: {
    table: "tickets",
    id: "id",
    attributes: { customer: "customer", partner: { column: "partner", as: "integer" }, assignee: "assignee" },
  },
  Customer: { table: "customers", id: "id", attributes: { manager: "manager" } },
  Partner: { table: "partners", id: { column: "id", as: "integer" }, attributes: { manager: "manager" } },
  User: { table: "users", id: "id", attributes: { boss: "boss" } },
});

/** Ids that only a collation takes for equal, references to nothing, and no references. */
const TABLES = `
CREATE COLLATION sloppy (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE users (id text PRIMARY KEY, boss text);
CREATE TABLE customers (id text COLLATE sloppy NOT NULL, manager text);
CREATE TABLE partners (id smallint PRIMARY KEY, manager text);
CREATE TABLE tickets (id text PRIMARY KEY, customer text COLLATE sloppy, partner bigint, assignee text);
INSERT INTO users VALUES ('ann', 'zoe'), ('bob', NULL), ('Ann', 'zoe');
INSERT INTO customers VALUES ('acme', 'ann'), ('ACME', 'bob'), ('nobody', NULL), ('gone', 'x');
INSERT INTO partners VALUES (1, 'ann'), (2, 'bob'), (3, NULL);
INSERT INTO tickets SELECT c || '/' || p || '/' || a, nullif(c, '-'), nullif(p, 0), nullif(a, '-')
FROM unnest(ARRAY['acme', 'ACME', 'nobody', 'missing', '-']) c, unnest(ARRAY[1, 2, 3, 9, 0]) p, unnest(ARRAY['ann', 'Ann', 'bob', '-']) a;
`;

let server: DatabaseServer;
const pool = { current: undefined as pg.Pool | undefined };

before(async () => {
  server = await startPostgres();
  pool.current = new pg.Pool({ connectionString: server.url, max: 1 });
  await pool.current.query(TABLES);
});

after(async () => {
  await pool.current?.end();
  await server.stop();
});

const row: Term = { kind: "row", type: { type: "Entity", name: "Ticket" } };
const path = (of: Term, name: string, type: string): Term => ({
  kind: "attribute",
  of,
  name,
  type: { type: "Entity", name: type },
});
const [customer, partner] = [path(row, "customer", "Customer"), path(row, "partner", "Partner")];
const users = ["ann", "bob", "zoe", "it's"].map((id) => ({ type: "Entity", name: "User", id }) as const);
const terms = [
  path(row, "assignee", "User"),
  path(path(row, "assignee", "User"), "boss", "User"),
  path(customer, "manager", "User"),
  path(path(customer, "manager", "User"), "boss", "User"),
  path(partner, "manager", "User"),
];
const atoms: readonly Predicate[] = terms.flatMap((term) => [
  ...users.map(
    (value): Predicate => ({
      kind: "compare",
      operator: "==",
      left: term,
      right: { kind: "literal", value },
    }),
  ),
  { kind: "among", negated: false, term, values: users.slice(0, 2) },
]);

async function rowsOf(condition: Predicate): Promise<{ rows: readonly string[]; sql: string }> {
  const { sql, parameters } = compileSql(
    { version: 1, resourceType: "Ticket", condition },
    { dialect: "postgres", mappings: MAPPINGS },
  );
  const found = await pool.current?.query(`SELECT id FROM tickets WHERE ${sql}`, [...parameters]);
  return { rows: found?.rows.map(({ id }) => id).sort() ?? [], sql };
}

test("alternatives together find the rows that each finds alone", async () => {
  const alone = new Map<Predicate, readonly string[]>();
  for (const atom of atoms) {
    const { rows, sql } = await rowsOf(atom);
    assert.ok(!sql.includes("ARRAY("), sql);
    alone.set(atom, rows);
  }
  let served = 0;
  for (const one of atoms) {
    for (const other of atoms) {
      const { rows, sql } = await rowsOf({ kind: "or", operands: [one, other] });
      if (sql.includes("ARRAY(")) served += 1;
      const expected = new Set([...(alone.get(one) ?? []), ...(alone.get(other) ?? [])]);
      assert.deepEqual(rows, [...expected].sort(), sql);
    }
  }
  assert.equal([...alone.values()].filter((rows) => rows.length > 0).length, 11);
  assert.ok(served > atoms.length ** 2 / 2, `${served} of ${atoms.length ** 2}`);
});
