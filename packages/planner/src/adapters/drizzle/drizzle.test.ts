import { after, before, test } from "node:test";
import { and, getTableColumns, isNotNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { alias, pgTable, text } from "drizzle-orm/pg-core";
import { alias as sqliteAlias, sqliteTable, text as sqliteText } from "drizzle-orm/sqlite-core";
import { drizzle as drizzleProxy } from "drizzle-orm/sqlite-proxy";
import Database from "libsql";
import { POSTGRES, SQLITE } from "../../testing-internal/flavors.js";
import type { Adapter } from "../testing-internal/adapter.js";
import { checkAdapterEquality, testAdapter, testViews } from "../testing-internal/check-adapter.js";
import { openPostgres, POSTGRES_ABILITIES } from "../testing-internal/postgres.js";
import { type DrizzleRows, drizzleFilters } from "./drizzle-filters.js";

const opened: { close(): Promise<unknown> }[] = [];
const adapters: { postgres?: Adapter; sqlite?: Adapter } = {};
const adapterOf = (name: keyof typeof adapters): Adapter => {
  const adapter = adapters[name];
  if (adapter === undefined) throw new Error(`${name} is not open`);
  return adapter;
};

/** Through Drizzle, with another condition beside. */
function rowsBy(select: (where: SQL<boolean>) => Promise<{ id: string }[]>): Adapter["rows"] {
  return async (planner, database, approximate) => {
    const filters = drizzleFilters(planner, { ...database, sql });
    const where = await filters.filter('User::"ann"', "read", "Doc", {}, { alias: "r", approximate });
    return (await select(where)).map(({ id }) => id);
  };
}

function viewBy(select: (rows: DrizzleRows) => Promise<object[]>): NonNullable<Adapter["view"]> {
  return async (planner, database) => {
    const filters = drizzleFilters(planner, { ...database, sql });
    return select(await filters.rows('User::"ann"', "read", "Doc", {}, { alias: "r" }));
  };
}

before(async () => {
  const { pool, run, close } = await openPostgres();
  opened.push({ close });
  const db = drizzle({ client: pool });
  const doc = alias(pgTable("Doc", { id: text("the id"), title: text("title") }), "r");
  const id = sql<string>`CAST(${doc.id} AS text)`.as("id");
  adapters.postgres = {
    flavor: POSTGRES,
    abilities: POSTGRES_ABILITIES,
    run,
    rows: rowsBy((where) =>
      db
        .select({ id })
        .from(doc)
        .where(and(isNotNull(doc.id), where)),
    ),
    view: viewBy(({ where, columns }) => {
      const { id: key, ...shown } = columns(getTableColumns(doc));
      return db
        .select({ "the id": key, ...shown })
        .from(doc)
        .where(where);
    }),
  };
});

before(() => {
  const database = new Database(":memory:");
  opened.push({ close: async () => database.close() });
  const db = drizzleProxy(async (statement, parameters) => ({
    rows: database
      .prepare(statement)
      .raw()
      .all(...parameters) as unknown[],
  }));
  const doc = sqliteAlias(sqliteTable("Doc", { id: sqliteText("the id"), title: sqliteText("title") }), "r");
  const id = sql<string>`CAST(${doc.id} AS text)`.as("id");
  const plain = (values: readonly unknown[]) =>
    values.map((value) => (typeof value === "boolean" ? Number(value) : value));
  adapters.sqlite = {
    flavor: SQLITE,
    abilities: { idStorages: ["text", "integer"], storesNul: true, onlyTimestamps: false },
    run: async (statements) => {
      for (const { sql: statement, parameters } of statements)
        database.prepare(statement).run(...plain(parameters));
    },
    rows: rowsBy((where) =>
      db
        .select({ id })
        .from(doc)
        .where(and(isNotNull(doc.id), where)),
    ),
    view: viewBy(({ where, columns }) => {
      const { id: key, ...shown } = columns(getTableColumns(doc));
      return db
        .select({ "the id": key, ...shown })
        .from(doc)
        .where(where);
    }),
  };
});

after(async () => {
  for (const { close } of opened) await close();
});

for (const name of ["postgres", "sqlite"] as const) {
  const title = `rows of Drizzle on ${name} are those that the engine allows`;
  test(title, { timeout: 300_000 }, (t) => checkAdapterEquality(t, adapterOf(name), 1000));
  testAdapter(`Drizzle on ${name}`, false, () => adapterOf(name));
  testViews(`Drizzle on ${name}`, false, () => adapterOf(name));
}
