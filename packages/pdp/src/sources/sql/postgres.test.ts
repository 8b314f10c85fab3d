import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Network, startPostgres } from "@cordon/databases";
import { generate } from "selfsigned";
import { SourceError } from "../source-error.js";
import { open } from "./open.js";
import { sqlSettings } from "./settings.js";
import { openSql } from "./testing-internal/contract-world.js";
import {
  EMPTY_THING,
  MADE,
  readThings,
  THINGS,
  THINGS_SCHEMA,
  WHOLE_THING,
} from "./testing-internal/things.js";

const server = await startPostgres();
after(() => server.stop());

const TABLES = `
  CREATE TABLE things (id int PRIMARY KEY, yes boolean, lng bigint, txt text, moment timestamptz, price numeric,
    lasts bigint, ip inet, labels text[], box text, shift_from int, shift_note text, made jsonb);
  CREATE TABLE thing_ports (thing int, port int);
  CREATE TABLE thing_boxes (thing int, box text);
  CREATE TABLE thing_tags (thing int, k text, v bigint);
  INSERT INTO things VALUES (1, true, 9007199254740993, E'Ü 😀\\n''\\\\', '1969-12-31 23:59:59.9981+00', -0.05, 1500,
    '10.0.0.0/8', ARRAY['a', 'b"c', ''], 'b1', -8, NULL, '${MADE}');
  INSERT INTO things (id) VALUES (2);
  INSERT INTO thing_ports VALUES (1, 80), (1, 443), (1, 80), (1, NULL), (3, 22);
  INSERT INTO thing_boxes VALUES (1, 'b2'), (1, 'b1'), (1, 'b2'), (3, 'b3');
  INSERT INTO thing_tags VALUES (1, 'small', 1), (1, 'a.b', -2), (2, 'nothing', NULL);`;

const openThings = (url: string, settings: object = {}, types: object = THINGS) =>
  openSql(url, { ...settings, types }, THINGS_SCHEMA);

test("every type is read exactly, whatever the settings of the database", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const name = new URL(url).pathname.slice(1);
  for (const [setting, value] of [
    ["TimeZone", "Asia/Kathmandu"],
    ["DateStyle", "SQL, DMY"],
    ["extra_float_digits", "0"],
    ["search_path", "public"],
  ]) {
    await server.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
  const source = await openThings(url);
  assert.deepEqual(await readThings(source, ["1", "2", "4"]), { 1: WHOLE_THING, 2: EMPTY_THING });
  assert.deepEqual(await source.check(AbortSignal.timeout(5_000)), []);
  await source.close();
});

test("ids of integers and uuids have one form", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const source = await openThings(url);
  for (const id of ["01", "+1", "1.0", " 1", "1 ", "0x1", "1e0", "-0", "99999999999999999999", "one", ""]) {
    assert.deepEqual(await readThings(source, [id, "2"]), { 2: EMPTY_THING }, id);
  }
  await source.close();
  const uuid = "0b8a3a9e-30a5-4a7c-9b1f-6f3f4c2d1e00";
  await server.query(`CREATE TABLE u (id uuid PRIMARY KEY); INSERT INTO u VALUES ('${uuid}')`, url);
  const types = { Box: { table: "u", id: { column: "id", as: "uuid" } } };
  const boxes = await openThings(url, {}, types);
  const ids = [uuid, uuid.toUpperCase(), `{${uuid}}`, uuid.replaceAll("-", ""), "x"];
  const request = { type: "Box", ids, attributes: new Set<string>(), parents: false, tags: false };
  assert.deepEqual([...(await boxes.fetch(request, AbortSignal.timeout(5_000))).keys()], [uuid]);
  await boxes.close();
});

test("what is no value of its type is an error of that entity alone", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const source = await openThings(url);
  for (const [change, message] of [
    ["price = 1.00001", "`price` is not a decimal"],
    ["price = 'NaN'", "`price` is not a decimal"],
    ["moment = 'infinity'", "`at` is not a datetime"],
    ["moment = '0044-03-15 BC'", "`at` is not a datetime"],
    ["labels = ARRAY['a', NULL]", "`labels` has a null in it"],
    [`made = '{"at": 5}'`, "`made`.at is not a datetime"],
    [`made = 'null'`, "`made` is a JSON null"],
    ["shift_from = NULL, shift_note = 'x'", "`shift.from` is missing"],
  ]) {
    await server.query(`UPDATE things SET ${change} WHERE id = 1`, url);
    const expected = { 1: `source_mismatch: \`Thing::"1"\`: ${message}`, 2: EMPTY_THING };
    assert.deepEqual(await readThings(source, ["1", "2"]), expected, change);
    await server.query(
      `UPDATE things SET price = 1, moment = now(), labels = '{}', made = NULL, shift_from = NULL, shift_note = NULL`,
      url,
    );
    await server.query("UPDATE things SET price = NULL, moment = NULL, labels = NULL WHERE id = 2", url);
  }
  await server.query("INSERT INTO thing_tags VALUES (1, 'small', 3)", url);
  assert.deepEqual(
    (await readThings(source, ["1"]))["1"],
    'source_mismatch: `Thing::"1"`: the tag `small` is there twice',
  );
  await source.close();
});

test("texts that a collation takes for equal are not the same id", async () => {
  const url = await server.createDatabase();
  await server.query(
    `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
     CREATE TABLE things (id text COLLATE loose PRIMARY KEY, txt text);
     CREATE TABLE boxes (thing text COLLATE loose, box text);
     INSERT INTO things VALUES ('ann', 'the one'); INSERT INTO boxes VALUES ('ANN', 'b1'), ('ann', 'b2')`,
    url,
  );
  const parents = [{ type: "Box", table: "boxes", child: "thing", parent: "box" }];
  const source = await openThings(
    url,
    {},
    {
      Thing: { table: "things", id: "id", attributes: { text: "txt" }, parents },
    },
  );
  const request = {
    type: "Thing",
    ids: ["ANN", "ann"],
    attributes: new Set(["text"]),
    parents: true,
    tags: false,
  };
  const found = await source.fetch(request, AbortSignal.timeout(5_000));
  assert.deepEqual([...found.keys()], ["ann"]);
  const ann = found.get("ann");
  assert.ok(ann !== undefined && "parents" in ann);
  assert.deepEqual(ann.parents.map(String), ['Box::"b2"']);
  await source.close();
});

test("a query reads its batch and can't write", async () => {
  const url = await server.createDatabase();
  await server.query(`${TABLES} CREATE SEQUENCE counter`, url);
  const types = (query: string) => ({
    Thing: { query, id: { column: "n", as: "integer" }, attributes: { text: "t" } },
  });
  const ask = {
    type: "Thing",
    ids: ["1", "2", "x"],
    attributes: new Set(["text"]),
    parents: false,
    tags: false,
  };
  const source = await openThings(
    url,
    {},
    types("SELECT id AS n, upper(txt) AS t FROM things WHERE id = ANY(:ids)"),
  );
  const found = await source.fetch(ask, AbortSignal.timeout(5_000));
  assert.deepEqual([...found.keys()].sort(), ["1", "2"]);
  await source.close();
  const writing = await openThings(
    url,
    {},
    types("SELECT id AS n, nextval('counter')::text AS t FROM things WHERE id = ANY(:ids)"),
  );
  await assert.rejects(writing.fetch(ask, AbortSignal.timeout(5_000)), { code: "source_settings" });
  await writing.close();
  assert.equal((await server.query("SELECT is_called FROM counter", url))[0]?.is_called, false);
});

test("what nobody waits for any more ends in the database as well", async () => {
  const url = await server.createDatabase();
  const types = {
    Thing: {
      query: "SELECT id AS n FROM (SELECT 1 AS id, pg_sleep(20)) s WHERE id = ANY(:ids)",
      id: { column: "n", as: "integer" },
    },
  };
  const ask = { type: "Thing", ids: ["1"], attributes: new Set<string>(), parents: false, tags: false };
  const running = async () => (await server.query(SLEEPING))[0]?.n;
  const patient = await openThings(url, { timeout: "30s" }, types);
  const controller = new AbortController();
  const asked = patient.fetch(ask, controller.signal);
  asked.catch(() => {});
  while ((await running()) !== 1) await delay(10);
  controller.abort();
  await assert.rejects(asked, { code: "source_timeout" });
  for (let waited = 0; (await running()) !== 0; waited += 10) {
    assert.ok(waited < 5_000, "it still runs");
    await delay(10);
  }
  await patient.close();
  const hasty = await openThings(url, { timeout: "100ms" }, types);
  await assert.rejects(hasty.fetch(ask, AbortSignal.timeout(10_000)), {
    code: "source_timeout",
    message: "the database stopped the statement",
  });
  await hasty.close();
});

test("connections that died in silence cost one timeout, not one each", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const network = await Network.start(server.port);
  const through = new URL(url);
  through.port = `${network.port}`;
  const source = await openThings(through.href, { timeout: "200ms" });
  const ask = () => readThings(source, ["2"], AbortSignal.timeout(2_000));
  const within = async (ms: number) => {
    const late = new SourceError("source_timeout", "db", "late", "");
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(late), ms);
    return readThings(source, ["2"], controller.signal).finally(() => clearTimeout(timer));
  };
  try {
    await Promise.all(Array.from({ length: 8 }, ask));
    network.cut();
    network.mend();
    await assert.rejects(within(200), { code: "source_timeout" });
    assert.deepEqual(await within(1_000), { 2: EMPTY_THING });
  } finally {
    await source.close();
    await network.close();
  }
});

test("connections that hang before they are ready take no place for good", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const network = await Network.start(server.port);
  const through = new URL(url);
  through.port = `${network.port}`;
  const source = await openThings(through.href, { timeout: "1s", connections: 2 });
  const connected = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE application_name = 'cordon' AND state = 'idle' AND datname = '${new URL(url).pathname.slice(1)}'`;
  try {
    network.slow(100);
    const asked = [1, 2].map(() => readThings(source, ["2"]).catch((error: { code: string }) => error.code));
    while ((await server.query(connected))[0]?.n !== 2) await delay(5);
    // They hear that they are connected and send what prepares them, which arrives nowhere.
    await delay(150);
    network.cut();
    assert.deepEqual(await Promise.all(asked), ["source_unreachable", "source_unreachable"]);
    network.mend();
    assert.deepEqual(await readThings(source, ["2"]), { 2: EMPTY_THING });
  } finally {
    await source.close();
    await network.close();
  }
});

const SLEEPING = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`;

test("replicas are asked in turn, those that don't answer are left alone, the primary comes last", async () => {
  const url = await server.createDatabase();
  await server.query(TABLES, url);
  const replica = await startPostgres();
  try {
    await replica.query(TABLES.replaceAll("(2)", "(7)").replace("(2, 'nothing'", "(7, 'nothing'"));
    const dead = "postgres://cordon:x@127.0.0.1:1/postgres";
    const source = await openThings(url, { replicas: [dead, replica.url] });
    for (let n = 0; n < 4; n++) {
      assert.deepEqual(await readThings(source, ["2", "7"]), { 7: EMPTY_THING }, "a replica answers");
    }
    await replica.halt();
    assert.deepEqual(await readThings(source, ["2", "7"]), { 2: EMPTY_THING }, "the primary answers");
    await source.close();
  } finally {
    await replica.stop();
  }
});

test("TLS is verified on both sides", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-sql-tls-"));
  const [ours, theirs, stranger] = await Promise.all(
    // Their own authorities, which PostgreSQL wants to see marked as such.
    ["cordon", "localhost", "stranger"].map((value) =>
      generate([{ name: "commonName", value }], { extensions: [{ name: "basicConstraints", cA: true }] }),
    ),
  );
  assert.ok(ours && theirs && stranger);
  const files = {
    "ca.pem": theirs.cert,
    "cert.pem": ours.cert,
    "key.pem": ours.private,
    "other.pem": stranger.cert,
    "other-key.pem": stranger.private,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const secure = await startPostgres({
    tls: { cert: theirs.cert, key: theirs.private, clientCa: ours.cert },
  });
  const asked = async (tls: object | undefined, query = "") => {
    const settings = sqlSettings.parse({
      kind: "sql",
      url: secure.url.replace("127.0.0.1", "localhost") + query,
      ...(tls === undefined ? {} : { tls }),
      types: { Box: { query: "SELECT 'b' AS id WHERE 'b' = ANY(:ids)", id: "id" } },
    });
    const environment = { name: "db", directory, schema: THINGS_SCHEMA, logger: undefined };
    const source = await open(settings, environment);
    const request = { type: "Box", ids: ["b"], attributes: new Set<string>(), parents: false, tags: false };
    try {
      return [...(await source.fetch(request, AbortSignal.timeout(5_000))).keys()];
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      await source.close();
    }
  };
  try {
    assert.deepEqual(await asked({ ca: "ca.pem", cert: "cert.pem", key: "key.pem" }), ["b"]);
    assert.equal(await asked({ cert: "cert.pem", key: "key.pem" }), "source_refused", "an unknown authority");
    assert.equal(await asked(undefined, "?sslmode=require"), "source_refused", "never unverified");
    assert.equal(await asked(undefined), "source_refused", "never in plain text");
    const other = { ca: "ca.pem", cert: "other.pem", key: "other-key.pem" };
    assert.notDeepEqual(await asked(other), ["b"], "a certificate of somebody else");
    assert.notDeepEqual(await asked({ ca: "ca.pem" }), ["b"], "no certificate");
  } finally {
    await secure.stop();
    rmSync(directory, { recursive: true });
  }
});
