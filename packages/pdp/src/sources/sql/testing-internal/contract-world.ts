import type { ContractUser, SourceUnderTest } from "../../../testing/index.js";
import { CONTRACT_SCHEMA } from "../../../testing/index.js";
import { open } from "../open.js";
import { sqlSettings } from "../settings.js";
import type { SqlSource } from "../sql-source.js";

/** Runs a statement with `?` for each value. */
export type Execute = (sql: string, values?: readonly unknown[]) => Promise<unknown>;

/** Where the contract's users and groups lie in every database. */
export const CONTRACT_TYPES = {
  User: {
    table: "users",
    id: "id",
    attributes: { name: "name", level: "level", email: "email", boss: "boss", joined: "joined" },
    parents: [{ type: "Group", table: "user_groups", child: "user_id", parent: "group_id" }],
  },
  Group: {
    table: "groups",
    id: "id",
    parents: [{ type: "Group", table: "group_groups", child: "child_id", parent: "parent_id" }],
  },
};

export const CONTRACT_TABLES = ["users", "groups", "user_groups", "group_groups"];

export async function openSql(
  url: string,
  settings: object = {},
  schema: typeof CONTRACT_SCHEMA | null = CONTRACT_SCHEMA,
): Promise<SqlSource> {
  const read = sqlSettings.parse({ kind: "sql", url, types: CONTRACT_TYPES, ...settings });
  return open(read, { name: "db", directory: process.cwd(), schema, logger: undefined });
}

/** The world of the contract over a database that has its tables. */
export async function contractWorld(
  source: SqlSource,
  execute: Execute,
  { quote, datetime }: { quote: (name: string) => string; datetime: (text: string) => unknown },
): Promise<SourceUnderTest> {
  for (const table of CONTRACT_TABLES) await execute(`DELETE FROM ${quote(table)}`);
  return {
    source,
    putUser: async (id: string, user: ContractUser) => {
      await execute("DELETE FROM users WHERE id = ?", [id]);
      await execute("DELETE FROM user_groups WHERE user_id = ?", [id]);
      await execute("INSERT INTO users (id, name, level, email, boss, joined) VALUES (?, ?, ?, ?, ?, ?)", [
        id,
        user.name,
        user.level,
        user.email ?? null,
        user.boss ?? null,
        typeof user.joined === "string" ? datetime(user.joined) : null,
      ]);
      for (const group of user.groups ?? []) {
        await execute("INSERT INTO user_groups (user_id, group_id) VALUES (?, ?)", [id, group]);
      }
    },
    putGroup: async (id, parents = []) => {
      await execute(`INSERT INTO ${quote("groups")} (id) VALUES (?)`, [id]);
      for (const parent of parents) {
        await execute("INSERT INTO group_groups (child_id, parent_id) VALUES (?, ?)", [id, parent]);
      }
    },
    removeUser: async (id) => {
      await execute("DELETE FROM users WHERE id = ?", [id]);
    },
    dispose: () => source.close(),
  };
}
