import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import Database from "libsql";
import { openSql } from "./testing-internal/contract-world.js";
import {
  EMPTY_THING,
  MADE,
  readThings,
  THINGS,
  THINGS_SCHEMA,
  WHOLE_THING,
} from "./testing-internal/things.js";

test("SQLite: every type is read exactly, ids have one form, and no file is made", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-sqlite-things-"));
  const path = join(directory, "things.db");
  const database = new Database(path);
  database.exec(`
    CREATE TABLE things (id INTEGER PRIMARY KEY, yes, lng INTEGER, txt TEXT, moment INTEGER, price INTEGER,
      lasts INTEGER, ip TEXT, labels TEXT, box TEXT, shift_from INTEGER, shift_note TEXT, made TEXT);
    CREATE TABLE thing_ports (thing, port); CREATE TABLE thing_boxes (thing, box);
    CREATE TABLE thing_tags (thing, k, v);
    INSERT INTO things VALUES (1, 1, 9007199254740993, 'Ü 😀' || char(10) || '''\\', -2, -500, 1500, '10.0.0.0/8',
      '["a", "b\\"c", ""]', 'b1', -8, NULL, '${MADE}');
    INSERT INTO things (id) VALUES (2);
    INSERT INTO thing_ports VALUES (1, 80), (1, 443), (1, 80), (1, NULL), (3, 22);
    INSERT INTO thing_boxes VALUES (1, 'b2'), (1, 'b1'), (1, 'b2'), (3, 'b3');
    INSERT INTO thing_tags VALUES (1, 'small', 1), (1, 'a.b', -2), (2, 'nothing', NULL)`);
  database.close();
  const open = (file: string, types: object = THINGS) => openSql(`sqlite:${file}`, { types }, THINGS_SCHEMA);

  const source = await open(path);
  assert.deepEqual(await readThings(source, ["1", "2", "4"]), { 1: WHOLE_THING, 2: EMPTY_THING });
  for (const id of ["01", "1.0", " 1", "1x", "one"]) assert.deepEqual(await readThings(source, [id]), {});
  assert.deepEqual(await source.check(AbortSignal.timeout(5_000)), []);
  await source.close();

  const misnamed = await open(path, { Thing: { table: "thingz", id: "id" } });
  const [problem] = await misnamed.check(AbortSignal.timeout(5_000));
  assert.match(
    problem?.message ?? "",
    /^`Thing`: the mapping doesn't fit the database: .*no such table: thingz/,
  );
  await misnamed.close();

  const missing = await open(join(directory, "none.db"));
  await assert.rejects(readThings(missing, ["1"]), {
    code: "source_unreachable",
    message: "there is no such file",
  });
  await missing.close();
  rmSync(directory, { recursive: true });
});
