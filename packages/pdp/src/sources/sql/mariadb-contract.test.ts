import { after, test } from "node:test";
import { type DatabaseServer, startMariadb, whyNoMariadb } from "@cordon/databases";
import { createPool } from "mysql2/promise";
import { sourceContract } from "../../testing/index.js";
import { contractWorld, openSql } from "./testing-internal/contract-world.js";

const skip = await whyNoMariadb();
if (skip === false) await runContract(await startMariadb());
else test("sql, MariaDB", { skip }, () => {});

async function runContract(server: DatabaseServer): Promise<void> {
  const admin = createPool({ uri: server.url, charset: "utf8mb4", supportBigNumbers: true, timezone: "Z" });
  for (const table of [
    // Its usual collation, by which most ids of the contract are equal to another.
    "users (id varchar(255) COLLATE utf8mb4_general_ci, name longtext, level bigint, email text, boss varchar(255), joined datetime(6), KEY (id))",
    "`groups` (id varchar(255) PRIMARY KEY)",
    "user_groups (user_id varchar(255), group_id varchar(255), KEY (user_id))",
    "group_groups (child_id varchar(255), parent_id varchar(255), KEY (child_id))",
  ]) {
    await admin.query(`CREATE TABLE ${table} CHARACTER SET utf8mb4`);
  }
  after(async () => {
    await admin.end();
    await server.stop();
  });
  sourceContract("sql, MariaDB", async () => {
    const source = await openSql(server.url);
    const execute = (sql: string, values: readonly unknown[] = []) =>
      // What the contract removes is one id, byte by byte.
      admin.query(sql.replace(/(\w+) = \?/g, "BINARY $1 = ?"), [...values]);
    const world = await contractWorld(source, execute, {
      quote: (name) => `\`${name}\``,
      datetime: (text) => new Date(text),
    });
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
}
