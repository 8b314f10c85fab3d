import { test } from "node:test";
import Database from "libsql";
import { type Asked, checkEquality, findBySql } from "../testing-internal/equality.js";
import { SQLITE } from "../testing-internal/flavors.js";

test("rows of SQLite are those that the engine allows", { timeout: 600_000 }, async (t) => {
  const database = new Database(":memory:");
  const bind = (parameters: readonly unknown[]) =>
    parameters.map((value) => (typeof value === "boolean" ? Number(value) : value));
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
  try {
    await checkEquality(t, asked, 10_000);
  } finally {
    database.close();
  }
});
