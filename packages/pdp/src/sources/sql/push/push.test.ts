import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "@cordon/databases";
import type { SourceChange } from "../../source.js";
import { mappingsOf, sqlSettings } from "../settings.js";
import { openSql } from "../testing-internal/contract-world.js";
import { applyPush, pushStatements } from "./install.js";
import { changesOf } from "./listener.js";
import { pushedTables } from "./pushed-tables.js";
import { pushName } from "./triggers.js";

const server = await startPostgres();
after(() => server.stop());

// Names that would end quotes, of what is mapped and of the types themselves.
const TYPES = {
  User: {
    table: `we"ird.us'ers;--`,
    id: `i"d`,
    attributes: { name: { table: `we"ird.la$$bels`, owner: `o'wner`, value: "val ue", type: "Set<String>" } },
    parents: [{ type: "Group", table: `we"ird.members`, child: "child", parent: "parent" }],
    tags: { table: `we"ird.tags`, entity: "en tity", key: "k", value: "v", type: "String" },
  },
  Group: {
    query: `SELECT name AS id FROM "we""ird".groups WHERE name = ANY(:ids)`,
    id: "id",
    watch: [`we"ird.groups`],
  },
};

const TABLES = `
  CREATE SCHEMA "we""ird"; SET search_path = "we""ird";
  CREATE TABLE "us'ers;--" ("i""d" text PRIMARY KEY);
  CREATE TABLE "la$$bels" ("o'wner" text, "val ue" text);
  CREATE TABLE members (child text, parent text);
  CREATE TABLE tags ("en tity" text, k text, v text);
  CREATE TABLE groups (name text);`;

const settingsOf = (url: string, settings: object = {}) =>
  sqlSettings.parse({ kind: "sql", url, push: true, types: TYPES, ...settings });

async function install(url: string, how: "install" | "uninstall" = "install"): Promise<void> {
  await applyPush("db", ".", settingsOf(url), { statements: pushStatements("db", settingsOf(url), how) });
}

test("each change is told with what it concerns, and nothing else is", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  await install(url);
  const source = await openSql(url, { push: true, types: TYPES }, null);
  assert.deepEqual(await source.check(AbortSignal.timeout(5_000)), [], "and every statement can be read");
  const told: string[] = [];
  const end = await source.watch?.(({ type, id }: SourceChange) =>
    told.push([type ?? "*", id ?? "*"].join(" ")),
  );
  const tellsOf = async (sql: string, expected: string[]) => {
    told.length = 0;
    // A notice of one's own comes after what it follows.
    await server.query(`SET search_path = "we""ird"; ${sql}; NOTIFY cordon_push_db, '{"type": "end"}'`, url);
    for (let waited = 0; !told.includes("end *"); waited += 5) {
      assert.ok(waited < 5_000, sql);
      await delay(5);
    }
    assert.deepEqual(told.filter((change) => change !== "end *").sort(), expected.sort(), sql);
  };
  await tellsOf(`INSERT INTO "us'ers;--" VALUES ('ann'), (''';x"'), ('ü 😀')`, [
    "User ann",
    `User ';x"`,
    "User ü 😀",
  ]);
  await tellsOf(`UPDATE "us'ers;--" SET "i""d" = 'bob' WHERE "i""d" = 'ann'`, ["User ann", "User bob"]);
  await tellsOf(`UPDATE "us'ers;--" SET "i""d" = 'x' WHERE false`, []);
  await tellsOf(`DELETE FROM "us'ers;--" WHERE "i""d" = 'bob'`, ["User bob"]);
  await tellsOf("INSERT INTO members VALUES ('ann', 'g'), ('ann', 'h'), (NULL, 'g')", ["User ann"]);
  await tellsOf("UPDATE members SET child = 'bob' WHERE parent = 'g'", ["User ann", "User bob"]);
  await tellsOf(`INSERT INTO "la$$bels" VALUES ('cy', 'x')`, ["User cy"]);
  await tellsOf("INSERT INTO tags VALUES ('di', 'k', 'v')", ["User di"]);
  await tellsOf("INSERT INTO groups VALUES ('g')", ["Group *"]);
  await tellsOf("DELETE FROM groups WHERE false", []);
  await tellsOf(`INSERT INTO "us'ers;--" SELECT n::text FROM generate_series(1, 200) AS n`, ids(200));
  await tellsOf(`INSERT INTO "us'ers;--" SELECT n::text FROM generate_series(201, 500) AS n`, ["User *"]);
  await tellsOf(`INSERT INTO "us'ers;--" VALUES (repeat('x', 9000))`.replace("9000", "2500"), [
    `User ${"x".repeat(2_500)}`,
  ]);
  await tellsOf(`INSERT INTO tags SELECT repeat('é"', 100) || n, 'k', 'v' FROM generate_series(1, 30) AS n`, [
    "User *",
  ]);
  await tellsOf(`TRUNCATE "us'ers;--"`, ["User *"]);
  await tellsOf("BEGIN; INSERT INTO tags VALUES ('no', 'k', 'v'); ROLLBACK", []);
  await end?.();
  await install(url, "uninstall");
  await server.query(`INSERT INTO "we""ird".groups VALUES ('h')`, url);
  await source.close();
});

const ids = (n: number): string[] => Array.from({ length: n }, (_, index) => `User ${index + 1}`);

test("a database that tells nothing is not listened to in good faith", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const source = await openSql(url, { push: true, types: TYPES }, null);
  const watching = () => source.watch?.(() => {});
  const refusal = { code: "source_settings", help: "run `cordon sources install db --apply`" };
  await assert.rejects(async () => watching(), refusal);
  await install(url);
  await (await watching())?.();
  await server.query(`ALTER TABLE "we""ird".tags DISABLE TRIGGER USER`, url);
  await assert.rejects(async () => watching(), {
    ...refusal,
    message: 'the database doesn\'t tell of changes in "we""ird"."tags"',
  });
  await source.close();
});

test("after a freeze that cut the connection everything counts as changed", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  await install(url);
  const source = await openSql(url, { push: true, types: TYPES }, null);
  const told: SourceChange[] = [];
  const end = await source.watch?.((change) => told.push(change));
  server.pause();
  // Longer than the heartbeat waits.
  await delay(3_500);
  server.resume();
  for (let waited = 0; told.length === 0; waited += 20) {
    assert.ok(waited < 8_000, "nothing was told");
    await delay(20);
  }
  assert.deepEqual(told, [{}]);
  await end?.();
  await source.close();
});

test("a database that was away is listened to once, and then tells of changes again", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  await install(url);
  const source = await openSql(url, { push: true, types: TYPES }, null);
  const told: SourceChange[] = [];
  const end = await source.watch?.((change) => told.push(change));
  await server.halt();
  // Several attempts fail meanwhile.
  await delay(1_500);
  await server.start();
  for (let waited = 0; told.length === 0; waited += 20) {
    assert.ok(waited < 2_000, "nothing was told");
    await delay(20);
  }
  // Attempts that were still about would be there by now.
  await delay(700);
  assert.deepEqual(told, [{}]);
  const listening = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'cordon'";
  assert.equal((await server.query(listening))[0]?.n, 1);
  await server.query(`DELETE FROM "we""ird".groups; INSERT INTO "we""ird".groups VALUES ('g')`, url);
  for (let waited = 0; told.length < 2; waited += 20) {
    assert.ok(waited < 2_000, "the change was not told");
    await delay(20);
  }
  await end?.();
  await source.close();
});

test("what can't be told is refused when the source is opened", async () => {
  const opening = (settings: object) => openSql(server.url, { push: true, types: TYPES, ...settings }, null);
  await assert.rejects(opening({ replicas: [server.url] }), {
    message: "`push` and `replicas` don't go together",
  });
  const types = { Group: { ...TYPES.Group, watch: undefined } };
  await assert.rejects(opening({ types }), {
    message: "with `push`, `Group` needs `watch`: the tables that its query reads",
  });
  assert.throws(() => pushStatements("db", settingsOf("postgres://x/y", { types }), "install"), {
    message: "`Group` is read by a query, whose tables aren't known",
  });
  await assert.rejects(openSql("sqlite:x.db", { push: true, types: TYPES }, null), {
    message: "`push` is for PostgreSQL; other databases tell of no changes",
  });
});

test("notices that can't be read mean anything", () => {
  for (const [payload, changes] of [
    [
      '{"type": "User", "ids": ["a", "b"]}',
      [
        { type: "User", id: "a" },
        { type: "User", id: "b" },
      ],
    ],
    ['{"type": "User"}', [{ type: "User" }]],
    ['{"type": "User", "ids": [1]}', [{ type: "User" }]],
    ['{"type": 7}', [{}]],
    ["null", [{}]],
    ["", [{}]],
    ["{", [{}]],
  ] as const) {
    assert.deepEqual(changesOf(payload), changes, payload);
  }
});

test("channels have names that the database doesn't cut", () => {
  assert.equal(pushName("people"), "cordon_push_people");
  const names = ["People", "people-1", "people 1", `p${"x".repeat(80)}`, `p${"x".repeat(81)}`, "日本"].map(
    pushName,
  );
  for (const name of names) assert.match(name, /^[a-z0-9_]{1,63}$/);
  assert.equal(new Set(names).size, names.length);
});

test("tables stand for the types that they concern", () => {
  const mappings = mappingsOf(settingsOf("postgres://x/y").types);
  assert.deepEqual(pushedTables(mappings, new Map([["Group", [`we"ird.members`]]])).at(-2), {
    table: `we"ird.members`,
    meanings: [
      { type: "User", column: "child" },
      { type: "Group", column: null },
    ],
  });
});
