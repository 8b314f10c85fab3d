import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import Database from "libsql";
import { SqliteDriver } from "../sources/sql/drivers/sqlite.js";
import { SqlSource } from "../sources/sql/sql-source.js";
import { checkSearches } from "../testing-internal/search-equality.js";
import { mappingsOf, SEARCH_SCHEMA, tablesOf } from "../testing-internal/search-world.js";

test("searches over files find what decisions allow", (t) => checkSearches(t, null, 150));

test("searches over SQLite and files together find what decisions allow", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-search-"));
  after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "data.db");
  const database = new Database(path);
  database.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
  t.after(() => database.close());
  await checkSearches(
    t,
    {
      open: async (given) => {
        database.exec(["BEGIN", ...tablesOf(given), "COMMIT"].join(";\n"));
        const driver = new SqliteDriver("tables", path);
        return new SqlSource({
          name: "tables",
          dialect: "sqlite",
          mappings: mappingsOf(given),
          schema: SEARCH_SCHEMA,
          driver,
        });
      },
    },
    150,
  );
});
