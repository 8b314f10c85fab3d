import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startPostgres } from "@cordon/databases";
import { EntityStore } from "@cordon/engine";
import { parseMappings } from "@cordon/planner/mapping";
import { buildSnapshot, withSources } from "../pipeline/snapshot.js";
import { LiveSource, SourceSet } from "../sources/index.js";
import { serverAddress } from "../sources/sql/database-url.js";
import { PostgresDriver } from "../sources/sql/drivers/postgres.js";
import { SqlSource } from "../sources/sql/sql-source.js";
import { bundleOf } from "../testing-internal/live-world.js";
import { CALL, checkSearches } from "../testing-internal/search-equality.js";
import { mappingsOf, SEARCH_SCHEMA, tablesOf } from "../testing-internal/search-world.js";
import { PageTokens, searchEntities } from "./index.js";

const server = await startPostgres();
after(() => server.stop());

function driverOf(url: string): PostgresDriver {
  const address = serverAddress("tables", ".", url, undefined);
  return new PostgresDriver({ source: "tables", address, connections: 2, prepare: false, timeoutMs: 20_000 });
}

test("searches over PostgreSQL and files together find what decisions allow", async (t) => {
  const url = await server.createDatabase();
  await checkSearches(
    t,
    {
      open: async (given) => {
        await server.query(tablesOf(given).join(";\n"), url);
        const mappings = mappingsOf(given);
        return new SqlSource({
          name: "tables",
          dialect: "postgres",
          mappings,
          schema: SEARCH_SCHEMA,
          driver: driverOf(url),
        });
      },
    },
    50,
  );
});

test("rows that come and go between pages make nobody appear twice or get lost", async (t) => {
  for (const [collation, ids] of [
    ["", ["a", "B", "c", "D", "é", "z"]],
    // To this one, texts that differ only in case are equal: the order of such is settled by their bytes.
    ['COLLATE "ignores_case"', ["A", "a", "ä", "Ä", "z", "Z"]],
  ] as const) {
    const url = await server.createDatabase();
    await server.query(
      `CREATE COLLATION "ignores_case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
       CREATE TABLE doc (id text ${collation} NOT NULL);
       INSERT INTO doc SELECT * FROM unnest(ARRAY['${ids.join("','")}'])`,
      url,
    );
    const mappings = parseMappings({ Doc: { table: "doc", id: "id" } });
    const source = new SqlSource({
      name: "tables",
      dialect: "postgres",
      mappings,
      schema: null,
      driver: driverOf(url),
    });
    t.after(() => source.close());
    const everything = bundleOf([
      {
        effect: "permit",
        principal: { op: "All" },
        action: { op: "All" },
        resource: { op: "All" },
        conditions: [],
      },
    ]);
    const live = new LiveSource({ source, options: {}, schema: null, secrets: [], logger: undefined });
    const snapshot = withSources(
      buildSnapshot(everything, EntityStore.from([])),
      new SourceSet([live], [], null),
    );
    const tokens = new PageTokens();
    const found: string[] = [];
    let token = "";
    let inserted = 0;
    do {
      const input = { principal: 'User::"u"', action: "act", resourceType: "Doc", page: { limit: 1, token } };
      const { result } = await searchEntities("resource", snapshot, input, CALL, tokens);
      found.push(...result.results.map(({ id }) => id));
      token = result.nextToken;
      // Before and after where the search is; the row it stands on goes away, too.
      await server.query(
        `INSERT INTO doc VALUES ('0${inserted}'), ('zz${inserted}'); DELETE FROM doc WHERE id = '00'`,
        url,
      );
      if (++inserted > 3) token = token === "" ? "" : await lastPages(token);
    } while (token !== "");
    assert.equal(new Set(found).size, found.length, "nobody twice");
    for (const id of ids) assert.ok(found.includes(id), `${id} is there`);

    async function lastPages(from: string): Promise<string> {
      const page = { limit: 1_000, token: from };
      const input = { principal: 'User::"u"', action: "act", resourceType: "Doc", page };
      const { result } = await searchEntities("resource", snapshot, input, CALL, tokens);
      found.push(...result.results.map(({ id }) => id));
      return result.nextToken;
    }
  }
});
