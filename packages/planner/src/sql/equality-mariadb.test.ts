import { test } from "node:test";
import { startMariadb, whyNoMariadb } from "@cordon/databases";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { MYSQL } from "../testing-internal/flavors.js";

test("rows of MariaDB are those that the engine allows", {
  timeout: 600_000,
  skip: await whyNoMariadb(),
}, async (t) => {
  const server = await startMariadb();
  const connection = await createConnection({ uri: await server.createDatabase(), charset: "utf8mb4" });
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
  try {
    await checkEquality(t, asked, 1000);
  } finally {
    await connection.end();
    await server.stop();
  }
});
