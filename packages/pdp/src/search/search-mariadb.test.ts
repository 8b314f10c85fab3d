import { test } from "node:test";
import { startMariadb, whyNoMariadb } from "@cordon/databases";
import { serverAddress } from "../sources/sql/database-url.js";
import { MysqlDriver } from "../sources/sql/drivers/mysql.js";
import { SqlSource } from "../sources/sql/sql-source.js";
import { checkSearches } from "../testing-internal/search-equality.js";
import { mappingsOf, SEARCH_SCHEMA, tablesOf } from "../testing-internal/search-world.js";

const skip = await whyNoMariadb();

/** Takes upper for lower case, and letters with accents for those without. */
const ID = "varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

test("searches over MariaDB and files together find what decisions allow", { skip }, async (t) => {
  const server = await startMariadb();
  t.after(() => server.stop());
  const url = await server.createDatabase();
  const address = serverAddress("tables", ".", url, undefined);
  await checkSearches(
    t,
    {
      open: async (given) => {
        await server.query(tablesOf(given, ID).join(";\n"), url);
        const options = { source: "tables", address, connections: 2, prepare: true, timeoutMs: 20_000 };
        const driver = new MysqlDriver(options);
        const mappings = mappingsOf(given);
        return new SqlSource({ name: "tables", dialect: "mysql", mappings, schema: SEARCH_SCHEMA, driver });
      },
    },
    25,
  );
});
