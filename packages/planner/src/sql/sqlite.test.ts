import assert from "node:assert/strict";
import { after, test } from "node:test";
import Database from "libsql";
import { checkAttacks } from "../testing-internal/attacks.js";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { SQLITE } from "../testing-internal/flavors.js";
import { countMalformed, MALFORMED } from "../testing-internal/malformed.js";

const database = new Database(":memory:");
after(() => database.close());

const bind = (parameters: readonly unknown[]) =>
  parameters.map((value) => (typeof value === "boolean" ? Number(value) : value));

test("rows of SQLite are those that the engine allows", { timeout: 600_000 }, async (t) => {
  const asked: Asked = {
    flavor: SQLITE,
    abilities: { idStorages: ["text", "integer"], storesNul: true, onlyTimestamps: false },
    run: async (statements) => {
      for (const { sql, parameters } of statements) database.prepare(sql).run(...bind(parameters));
    },
    find: (plans, world) =>
      findBySql(
        plans,
        world,
        async ({ sql, parameters }) =>
          database.prepare(sql).all(...bind(parameters)) as { n: number; id: string }[],
      ),
  };
  await checkEquality(t, asked, 10_000);
});

test("SQLite: no id, value, name or pattern gets out of its place", () =>
  // Its driver gives back no text beyond a NUL.
  checkAttacks(SQLITE, false, async ({ sql, parameters }) => {
    const statement = database.prepare(sql);
    if (sql.startsWith("SELECT")) return statement.all(...bind(parameters)) as { n: number; id: string }[];
    statement.run(...bind(parameters));
    return [];
  }));

for (const malformed of MALFORMED.sqlite) {
  test(`SQLite: ${malformed.name} have no value, and raise nothing`, async () => {
    const counted = await countMalformed("sqlite", malformed, async (sql, parameters) => {
      const statement = database.prepare(sql);
      if (!sql.startsWith("SELECT")) {
        statement.run(...bind(parameters));
        return 0;
      }
      return (statement.get(...bind(parameters)) as { n: number }).n;
    });
    assert.deepEqual(counted, { held: 0, absent: malformed.values.length, rows: malformed.values.length });
  });
}
