import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import Database from "libsql";
import { sourceContract } from "../../testing/index.js";
import { contractWorld, openSql } from "./testing-internal/contract-world.js";

const directory = mkdtempSync(join(tmpdir(), "cordon-sqlite-source-"));
const path = join(directory, "data.db");
const writer = new Database(path);
writer.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
  CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, level INTEGER, email TEXT, boss TEXT, joined INTEGER);
  CREATE TABLE groups (id TEXT PRIMARY KEY);
  CREATE TABLE user_groups (user_id TEXT, group_id TEXT, PRIMARY KEY (user_id, group_id));
  CREATE TABLE group_groups (child_id TEXT, parent_id TEXT, PRIMARY KEY (child_id, parent_id));`);

after(() => {
  writer.close();
  rmSync(directory, { recursive: true });
});

sourceContract("sql, SQLite", async () => {
  const source = await openSql(`sqlite:${path}`);
  const execute = async (sql: string, values: readonly unknown[] = []) => writer.prepare(sql).run(...values);
  const world = await contractWorld(source, execute, { quote: (name) => name, datetime: Date.parse });
  return {
    ...world,
    spoilLevel: async (id) => {
      await execute("UPDATE users SET level = 'many' WHERE id = ?", [id]);
    },
  };
});
