import assert from "node:assert/strict";
import { test } from "node:test";
import { mappingsOf, sqlSettings, watchedOf } from "./settings.js";

const read = (type: object, settings: object = {}) =>
  sqlSettings.safeParse({
    kind: "sql",
    url: "sqlite:x.db",
    ...settings,
    types: { User: { id: "id", ...type } },
  });

test("mappings are told apart from how entities are asked for", () => {
  const { data } = read({
    table: "users",
    maxAge: "5s",
    precedence: ["caller", "source"],
    watch: ["users"],
    attributes: { level: { column: "lvl", maxAge: 0 }, name: "name" },
  });
  assert.ok(data !== undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(mappingsOf(data.types))), [
    {
      type: "User",
      id: "id",
      table: "users",
      attributes: { level: { column: "lvl" }, name: { column: "name" } },
      parents: [],
    },
  ]);
  assert.deepEqual(watchedOf(data), new Map([["User", ["users"]]]));
});

test("slips are told where they are", () => {
  const slips: [object, string, RegExp][] = [
    [{}, "types.User", /^must be either `table` or `query`$/],
    [{ table: "a", query: ":ids" }, "types.User", /^must be either `table` or `query`$/],
    [{ query: "SELECT 1" }, "types.User.query", /^must be a query with the placeholder `:ids`$/],
    [{ table: "a", attributes: { level: {} } }, "types.User.attributes.level.column", /^must be text$/],
    [
      { table: "a", attributes: { level: { table: "x", owner: "y" } } },
      "types.User.attributes.level.value",
      /^must be text$/,
    ],
    [
      { table: "a", attributes: { level: { column: "x", owner: "y" } } },
      "types.User.attributes.level.owner",
      /^doesn't go with what stands beside it$/,
    ],
    [
      { table: "a", parents: [{ type: "Team", table: "m", child: "c" }] },
      "types.User.parents.0.parent",
      /^must be text$/,
    ],
    [
      { table: "a", attributes: { level: { column: "x", as: "float" } } },
      "types.User.attributes.level.as",
      /./,
    ],
  ];
  for (const [type, path, message] of slips) {
    const issues = read(type).error?.issues ?? [];
    const found = issues.find((issue) => issue.path.join(".") === path);
    assert.match(found?.message ?? `nothing at ${path}: ${JSON.stringify(issues)}`, message, path);
  }
  assert.ok(!read({ table: "a" }, { tls: { cert: "c.pem" } }).success, "a certificate without its key");
});
