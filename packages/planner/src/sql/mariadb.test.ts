import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DatabaseServer, startMariadb, whyNoMariadb } from "@cordon/databases";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { checkAttacks } from "../testing-internal/attacks.js";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { MYSQL } from "../testing-internal/flavors.js";
import { countMalformed, MALFORMED } from "../testing-internal/malformed.js";

const skip = await whyNoMariadb();
let server: DatabaseServer;
let connection: Connection;

before(async () => {
  if (skip !== false) return;
  server = await startMariadb();
  connection = await createConnection({ uri: await server.createDatabase(), charset: "utf8mb4" });
});

after(async () => {
  if (skip !== false) return;
  await connection.end();
  await server.stop();
});

test("rows of MariaDB are those that the engine allows", { timeout: 600_000, skip }, async (t) => {
  const asked: Asked = {
    flavor: MYSQL,
    abilities: { idStorages: ["text", "integer"], storesNul: true, onlyTimestamps: true },
    run: async (statements) => {
      for (const { sql, parameters } of statements) await connection.execute(sql, [...parameters] as never[]);
    },
    find: (plans, world) =>
      findBySql(plans, world, async ({ sql, parameters }) => {
        const [rows] = await connection.query<RowDataPacket[]>(sql, [...parameters]);
        return rows as { n: number; id: string }[];
      }),
  };
  await checkEquality(t, asked, 1000);
});

test("MariaDB: no id, value, name or pattern gets out of its place", { skip }, () =>
  checkAttacks(MYSQL, true, async ({ sql, parameters }) => {
    // By a prepared statement: a question mark within a name is no placeholder to the server.
    const [rows] = await connection.execute(sql, [...parameters] as never[]);
    return Array.isArray(rows) ? (rows as { n: number; id: string }[]) : [];
  }),
);

for (const malformed of MALFORMED.mysql) {
  test(`MariaDB: ${malformed.name} have no value, and raise nothing`, { skip }, async () => {
    const counted = await countMalformed("mysql", malformed, async (sql, parameters) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql, [...parameters]);
      return Number(rows[0]?.n ?? 0);
    });
    assert.deepEqual(counted, { held: 0, absent: malformed.values.length, rows: malformed.values.length });
  });
}
