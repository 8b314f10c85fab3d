import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DatabaseServer, startPostgres } from "@cordon/databases";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { withPrincipal as withDrizzle } from "./drizzle.js";
import { withPrincipal } from "./index.js";
import { withPrincipal as withKysely } from "./kysely.js";
import type { SessionOptions } from "./statements.js";

let server: DatabaseServer;
let pool: pg.Pool;

before(async () => {
  server = await startPostgres();
  pool = new pg.Pool({ connectionString: server.url, max: 1 });
});

after(async () => {
  await pool.end();
  await server.stop();
});

const WHO =
  "SELECT current_setting('cordon.principal', true) AS id, current_setting('cordon.session', true) AS token";
const PRINCIPAL = { type: "User", id: "a'; DROP TABLE x; --\\ $1 \"" };

interface Who {
  id: string | null;
  token: string | null;
}

/** What the session says within a transaction of each client. */
const CLIENTS: Readonly<Record<string, (options: SessionOptions) => Promise<Who | undefined>>> = {
  pg: (options) =>
    withPrincipal(
      pool,
      PRINCIPAL,
      options,
      async (client: pg.PoolClient) => (await client.query<Who>(WHO)).rows[0],
    ),
  Kysely: (options) => {
    const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) });
    return withKysely(db, PRINCIPAL, options, async (transaction) => {
      const { rows } = await sql.raw<Who>(WHO).execute(transaction);
      return rows[0];
    });
  },
  Drizzle: (options) =>
    withDrizzle(drizzle(pool), drizzleSql, PRINCIPAL, options, async (transaction) => {
      const { rows } = await transaction.execute<Record<string, string | null>>(drizzleSql.raw(WHO));
      return rows[0] as Who | undefined;
    }),
};

for (const [name, ask] of Object.entries(CLIENTS)) {
  test(`${name}: the principal is there for the transaction, and gone with it`, async () => {
    assert.equal((await ask({ kind: "plain" }))?.id, PRINCIPAL.id);
    assert.ok(!(await pool.query<Who>(WHO)).rows[0]?.id);
    const token = (await ask({ secret: "0123456789abcdef0123456789abcdef" }))?.token ?? "";
    const { id, type } = JSON.parse(token.slice(65)) as { id: string; type: string };
    assert.deepEqual({ type, id }, PRINCIPAL);
    assert.ok(!(await pool.query<Who>(WHO)).rows[0]?.token);
  });
}

test("a connection that can't be rolled back leaves the pool", async () => {
  const [own] = (await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
  const broken = withPrincipal(pool, PRINCIPAL, { kind: "plain" }, async (client: pg.PoolClient) => {
    client.on("error", () => {});
    await client.query("SELECT pg_terminate_backend(pg_backend_pid())");
  });
  await assert.rejects(broken, /terminat/);
  const [next] = (await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
  assert.notEqual(next?.pid, own?.pid);
});
