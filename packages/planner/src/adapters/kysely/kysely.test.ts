import { after, before, test } from "node:test";
import { type DatabaseServer, startMariadb, whyNoMariadb } from "@cordon/databases";
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from "kysely";
import Database from "libsql";
import { createPool } from "mysql2";
import { MYSQL, POSTGRES, SQLITE } from "../../testing-internal/flavors.js";
import type { Adapter } from "../testing-internal/adapter.js";
import { checkAdapterEquality, testAdapter, testViews } from "../testing-internal/check-adapter.js";
import { openPostgres, POSTGRES_ABILITIES } from "../testing-internal/postgres.js";
import { kyselyFilters } from "./kysely-filters.js";

interface Tables {
  Doc: { "the id": string; title: string };
}

const skip = await whyNoMariadb();
const opened: { close(): Promise<unknown> }[] = [];
const adapters: { postgres?: Adapter; mysql?: Adapter; sqlite?: Adapter } = {};
const adapterOf = (name: keyof typeof adapters): Adapter => {
  const adapter = adapters[name];
  if (adapter === undefined) throw new Error(`${name} is not open`);
  return adapter;
};

/** Through Kysely, with another condition beside. */
function rowsOf(db: Kysely<Tables>): Adapter["rows"] {
  return async (planner, database, approximate) => {
    const filters = kyselyFilters(planner, database);
    const text = sql.raw(database.dialect === "mysql" ? "CHAR" : "text");
    const found = await db
      .selectFrom("Doc as r")
      .select(sql<string>`CAST(${sql.ref("r.the id")} AS ${text})`.as("id"))
      .where("r.the id", "is not", null)
      .where(await filters.filter('User::"ann"', "read", "Doc", {}, { alias: "r", approximate }))
      .execute();
    return found.map(({ id }) => id);
  };
}

function viewOf(db: Kysely<Tables>): NonNullable<Adapter["view"]> {
  return async (planner, database) => {
    const filters = kyselyFilters(planner, database);
    const { where, columns } = await filters.rows('User::"ann"', "read", "Doc", {}, { alias: "r" });
    return db.selectFrom("Doc as r").select(columns<Tables["Doc"]>()).where(where).execute();
  };
}

before(async () => {
  const { pool, run, close } = await openPostgres();
  opened.push({ close });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  adapters.postgres = {
    flavor: POSTGRES,
    abilities: POSTGRES_ABILITIES,
    run,
    rows: rowsOf(db),
    view: viewOf(db),
  };
});

before(() => {
  const database = new Database(":memory:");
  opened.push({ close: async () => database.close() });
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: database as never }) });
  const plain = (values: readonly unknown[]) =>
    values.map((value) => (typeof value === "boolean" ? Number(value) : value));
  adapters.sqlite = {
    flavor: SQLITE,
    abilities: { idStorages: ["text", "integer"], storesNul: true, onlyTimestamps: false },
    run: async (statements) => {
      for (const { sql: text, parameters } of statements) database.prepare(text).run(...plain(parameters));
    },
    rows: rowsOf(db),
    view: viewOf(db),
  };
});

before(async () => {
  if (skip !== false) return;
  const server: DatabaseServer = await startMariadb();
  const pool = createPool({ uri: await server.createDatabase(), charset: "utf8mb4" });
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) });
  opened.push({ close: () => db.destroy().then(() => server.stop()) });
  adapters.mysql = {
    flavor: MYSQL,
    abilities: { idStorages: ["text", "integer"], storesNul: true, onlyTimestamps: true },
    run: async (statements) => {
      for (const { sql: text, parameters } of statements)
        await pool.promise().execute(text, [...parameters] as never[]);
    },
    rows: rowsOf(db),
    view: viewOf(db),
  };
});

after(async () => {
  for (const { close } of opened) await close();
});

for (const name of ["postgres", "sqlite", "mysql"] as const) {
  const skipped = name === "mysql" ? skip : false;
  const title = `rows of Kysely on ${name} are those that the engine allows`;
  test(title, { timeout: 300_000, skip: skipped }, (t) => checkAdapterEquality(t, adapterOf(name), 1000));
  testAdapter(`Kysely on ${name}`, skipped, () => adapterOf(name));
  testViews(`Kysely on ${name}`, skipped, () => adapterOf(name));
}
