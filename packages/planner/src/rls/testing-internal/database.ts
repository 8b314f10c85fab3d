import { startPostgres } from "@cordon/databases";
import type { EntityUid } from "@cordon/engine";
import pg from "pg";
import type { RlsMigration } from "../index.js";

/** A PostgreSQL where an owner installs policies and an application, in a role of its own, meets them. */
export interface TestDatabase {
  readonly url: string;
  readonly owner: pg.Client;
  apply(migration: Pick<RlsMigration, "apply" | "undo">): Promise<void>;
  /** Takes back what was applied. */
  undo(): Promise<void>;
  /** The ids that the application sees for a principal. */
  visible(principal: EntityUid, sql: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openDatabase(): Promise<TestDatabase> {
  const server = await startPostgres();
  const [owner, app] = [new pg.Client(server.url), new pg.Client(server.url)];
  await owner.connect();
  await app.connect();
  await owner.query("SET client_min_messages = warning");
  await owner.query(
    "CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
  );
  let applied: string | undefined;
  return {
    url: server.url,
    owner,
    apply: async ({ apply, undo }) => {
      await run(owner, apply);
      applied = undo;
    },
    undo: async () => {
      if (applied !== undefined) await run(owner, applied);
      applied = undefined;
    },
    visible: async ({ type, id }, sql) => {
      await app.query("BEGIN");
      try {
        await app.query("SET LOCAL ROLE app");
        await app.query(
          "SELECT set_config('cordon.principal_type', $1, true), set_config('cordon.principal', $2, true)",
          [type, id],
        );
        return (await app.query<{ id: string }>(sql)).rows.map((row) => row.id);
      } finally {
        await app.query("ROLLBACK");
      }
    },
    close: async () => {
      await owner.end();
      await app.end();
      await server.stop();
    },
  };
}

async function run(client: pg.Client, migration: string): Promise<void> {
  try {
    await client.query(migration);
  } catch (error) {
    await client.query("ROLLBACK");
    const { message, position, internalQuery, where } = error as pg.DatabaseError;
    const near =
      position === undefined
        ? ""
        : migration.slice(Math.max(0, Number(position) - 300), Number(position) + 100);
    throw new Error([message, near, internalQuery, where].filter(Boolean).join("\n"), { cause: error });
  }
}
