import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DatabaseServer, startPostgres } from "@cordon/databases";
import pg from "pg";
import { checkAttacks } from "../testing-internal/attacks.js";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { POSTGRES } from "../testing-internal/flavors.js";
import { countMalformed, MALFORMED } from "../testing-internal/malformed.js";

let server: DatabaseServer;
let client: pg.Client;

before(async () => {
  server = await startPostgres();
  client = new pg.Client(server.url);
  await client.connect();
  // Told apart by nobody but those who look at bytes.
  await client.query(
    "CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
  );
  await client.query("SET client_min_messages = warning");
});

after(async () => {
  await client.end();
  await server.stop();
});

test("rows of PostgreSQL are those that the engine allows", { timeout: 600_000 }, async (t) => {
  const asked: Asked = {
    flavor: POSTGRES,
    abilities: { idStorages: ["text", "integer", "uuid"], storesNul: false, onlyTimestamps: true },
    run: async (statements) => {
      for (const { sql, parameters } of statements) await client.query(sql, [...parameters]);
    },
    find: (plans, world) =>
      findBySql(plans, world, async ({ sql, parameters }) => (await client.query(sql, [...parameters])).rows),
  };
  await checkEquality(t, asked, 10_000);
});

test("PostgreSQL: no id, value, name or pattern gets out of its place", () =>
  checkAttacks(
    POSTGRES,
    false,
    async ({ sql, parameters }) => (await client.query(sql, [...parameters])).rows,
  ));

for (const malformed of MALFORMED.postgres) {
  test(`PostgreSQL: ${malformed.name} have no value, and raise nothing`, async () => {
    const counted = await countMalformed("postgres", malformed, async (sql, parameters) => {
      const { rows } = await client.query<{ n: string }>(sql, [...parameters]);
      return Number(rows[0]?.n ?? 0);
    });
    assert.deepEqual(counted, { held: 0, absent: malformed.values.length, rows: malformed.values.length });
  });
}
