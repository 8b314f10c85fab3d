import assert from "node:assert/strict";
import { test } from "node:test";
import { startMariadb, whyNoMariadb } from "@cordon/databases";
import { openSql } from "./testing-internal/contract-world.js";
import {
  EMPTY_THING,
  MADE,
  readThings,
  THINGS,
  THINGS_SCHEMA,
  WHOLE_THING,
} from "./testing-internal/things.js";

const skip = await whyNoMariadb();

test("MariaDB: every type is read exactly, ids have one form, and nothing is written", { skip }, async () => {
  const server = await startMariadb({ settings: { "default-time-zone": "+05:45" } });
  try {
    await server.query(`
      CREATE TABLE things (id int PRIMARY KEY, yes boolean, lng bigint, txt text, moment datetime(4),
        price decimal(20,4), lasts bigint, ip varchar(50), labels json, box varchar(50), shift_from int,
        shift_note text, made json) CHARACTER SET utf8mb4;
      CREATE TABLE thing_ports (thing int, port int);
      CREATE TABLE thing_boxes (thing int, box varchar(50));
      CREATE TABLE thing_tags (thing int, k varchar(50), v bigint);
      INSERT INTO things VALUES (1, true, 9007199254740993, 'Ü 😀\\n\\'\\\\', '1969-12-31 23:59:59.9981', -0.05, 1500,
        '10.0.0.0/8', '["a", "b\\\\"c", ""]', 'b1', -8, NULL, '${MADE}');
      INSERT INTO things (id) VALUES (2);
      INSERT INTO thing_ports VALUES (1, 80), (1, 443), (1, 80), (1, NULL), (3, 22);
      INSERT INTO thing_boxes VALUES (1, 'b2'), (1, 'b1'), (1, 'b2'), (3, 'b3');
      INSERT INTO thing_tags VALUES (1, 'small', 1), (1, 'a.b', -2), (2, 'nothing', NULL);
      CREATE TABLE zero (id varchar(20) PRIMARY KEY, moment datetime);
      SET sql_mode = ''; INSERT INTO zero VALUES ('z', '0000-00-00')`);
    const source = await openSql(server.url, { types: THINGS }, THINGS_SCHEMA);
    assert.deepEqual(await readThings(source, ["1", "2", "4"]), { 1: WHOLE_THING, 2: EMPTY_THING });
    for (const id of ["01", "1.0", " 1", "1x", "one"]) assert.deepEqual(await readThings(source, [id]), {});
    assert.deepEqual(await source.check(AbortSignal.timeout(5_000)), []);
    await source.close();

    const zero = { Thing: { table: "zero", id: "id", attributes: { at: "moment" } } };
    const dates = await openSql(server.url, { types: zero, prepare: false }, THINGS_SCHEMA);
    const message = 'source_mismatch: `Thing::"z"`: `at` is not a datetime';
    assert.deepEqual(await readThings(dates, ["z"]), { z: message });
    await dates.close();

    const wrong = { Thing: { table: "things", id: "id", attributes: { text: "title" } } };
    const misnamed = await openSql(server.url, { types: wrong }, THINGS_SCHEMA);
    const [problem] = await misnamed.check(AbortSignal.timeout(5_000));
    assert.match(
      problem?.message ?? "",
      /^`Thing`: the mapping doesn't fit the database: Unknown column 'e\.title'/,
    );
    await misnamed.close();

    const slow = {
      Thing: {
        query: "SELECT BENCHMARK(2000000000, SHA2(id, 512)) AS id FROM things WHERE id IN (:ids)",
        id: "id",
      },
    };
    const hasty = await openSql(server.url, { types: slow, timeout: "100ms" }, THINGS_SCHEMA);
    const started = performance.now();
    await assert.rejects(readThings(hasty, ["1"]), {
      code: "source_timeout",
      message: "the database stopped the statement",
    });
    assert.ok(performance.now() - started < 8_000, "the database itself stops it");
    await hasty.close();
  } finally {
    await server.stop();
  }
});
