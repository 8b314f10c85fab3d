import { test } from "node:test";
import { startPostgres } from "@cordon/databases";
import pg from "pg";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { POSTGRES } from "../testing-internal/flavors.js";

test("rows of PostgreSQL are those that the engine allows", { timeout: 600_000 }, async (t) => {
  const server = await startPostgres();
  const client = new pg.Client(server.url);
  await client.connect();
  // Told apart by nobody but those who look at bytes.
  await client.query(
    "CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
  );
  await client.query("SET client_min_messages = warning");
  const asked: Asked = {
    flavor: POSTGRES,
    abilities: { idStorages: ["text", "integer", "uuid"], storesNul: false, onlyTimestamps: true },
    run: async (statements) => {
      for (const { sql, parameters } of statements) await client.query(sql, [...parameters]);
    },
    find: (plans, world) =>
      findBySql(plans, world, async ({ sql, parameters }) => (await client.query(sql, [...parameters])).rows),
  };
  try {
    await checkEquality(t, asked, 10_000);
  } finally {
    await client.end();
    await server.stop();
  }
});
