import { after } from "node:test";
import { startPostgres } from "@cordon/databases";
import pg from "pg";
import { sourceContract } from "../../testing/index.js";
import { pushedTables } from "./push/pushed-tables.js";
import { installStatements } from "./push/triggers.js";
import { mappingsOf, sqlSettings } from "./settings.js";
import { CONTRACT_TYPES, contractWorld, openSql } from "./testing-internal/contract-world.js";

const server = await startPostgres();
const admin = new pg.Pool({ connectionString: server.url });
admin.on("error", () => {});
await admin.query(`
  CREATE TABLE users (id text PRIMARY KEY, name text NOT NULL, level bigint NOT NULL, email text, boss text,
    joined timestamptz);
  CREATE TABLE groups (id text PRIMARY KEY);
  CREATE TABLE user_groups (user_id text, group_id text, PRIMARY KEY (user_id, group_id));
  CREATE TABLE group_groups (child_id text, parent_id text, PRIMARY KEY (child_id, parent_id));`);
const mappings = mappingsOf(sqlSettings.parse({ kind: "sql", url: "x", types: CONTRACT_TYPES }).types);
for (const statement of installStatements("db", pushedTables(mappings, new Map())))
  await admin.query(statement);

after(async () => {
  await admin.end();
  await server.stop();
});

sourceContract("sql, PostgreSQL", async () => {
  const source = await openSql(server.url, { push: true });
  const execute = (sql: string, values: readonly unknown[] = []) => {
    let n = 0;
    return admin.query(
      sql.replaceAll("?", () => `$${++n}`),
      [...values],
    );
  };
  const world = await contractWorld(source, execute, { quote: (name) => name, datetime: (text) => text });
  return {
    ...world,
    freeze: async () => {
      server.pause();
      return async () => server.resume();
    },
    kill: async () => {
      await server.halt();
      return () => server.start();
    },
  };
});
