import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sampleRecord } from "../../testing/index.js";
import { temporaryStore } from "../../testing-internal/temporary-store.js";
import { openStore } from "../index.js";
import { Connection } from "./connection.js";

describe("the files of a store", () => {
  it("are readable by their owner only", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const log = await store.decisions();
    await log.append(sampleRecord(1));
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const files = ["", "-wal", "-shm", ".secret"].map((suffix) => mode(under.path + suffix));
    assert.deepEqual([mode(dirname(under.path)), ...files], ["700", "600", "600", "600", "600"]);
    await store.close();
    await under.dispose();
  });

  it("never hold a redacted value, nor a key's secret", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const secret = "grace-hopper@example.com";
    const redact = [
      { attribute: "User.email", how: "hash" as const },
      { attribute: "context.mail", how: "omit" as const },
    ];
    const log = await store.decisions({ redact });
    const base = sampleRecord(1);
    const user = { type: "User", id: "u" };
    const request = { ...base.request, principal: user, context: { mail: [secret] } };
    const entities = [{ uid: user, attrs: { email: secret }, ancestors: [], from: {} }];
    const errors = [{ policyId: "p", message: `no such thing: ${secret}` }];
    await log.append({ ...base, request, entities, errors });
    const { key } = await store.keys.create({ name: "k", scopes: ["evaluate"] });
    for (const value of [secret, key.slice(key.lastIndexOf("_") + 1)]) {
      for (const suffix of ["", "-wal"]) {
        assert.equal(readFileSync(under.path + suffix).includes(value), false, `${value} in ${suffix}`);
      }
    }
    // A checkpoint may have moved it from the one file to the other at any time.
    const holds = (suffix: string) => readFileSync(under.path + suffix).includes("__redacted");
    assert.ok(holds("") || holds("-wal"), "the record itself is there");
    await store.close();
    await under.dispose();
  });

  it("that are no store are refused and left as they are", async () => {
    const under = await temporaryStore();
    await mkdir(dirname(under.path), { recursive: true });
    writeFileSync(under.path, "this is somebody's diary, not a database\n".repeat(100));
    await assert.rejects(under.open(), { code: "store_incompatible" });
    assert.match(readFileSync(under.path, "utf8"), /^this is somebody's diary/);
    const foreign = join(under.folder, "foreign.db");
    const connection = new Connection(foreign, 0);
    connection.exec("CREATE TABLE accounts (id INTEGER)");
    connection.close();
    await assert.rejects(openStore(foreign), { code: "store_incompatible" });
    await under.dispose();
  });

  it("of a newer version are refused", async () => {
    const under = await temporaryStore();
    await (await under.open()).close();
    const connection = new Connection(under.path, 0);
    connection.exec("UPDATE meta SET value = '99' WHERE key = 'schema'");
    connection.close();
    await assert.rejects(under.open(), { code: "store_incompatible", message: /has schema version 99/ });
    await under.dispose();
  });

  it("can be opened by many at the same moment", async () => {
    const under = await temporaryStore();
    const stores = await Promise.all(Array.from({ length: 5 }, under.open));
    await Promise.all(stores.map(async (store, n) => (await store.decisions()).append(sampleRecord(n))));
    const log = await (stores[0] ?? (await under.open())).decisions();
    assert.deepEqual([(await log.verify()).ok, (await log.verify()).records], [true, 5]);
    await Promise.all(stores.map((store) => store.close()));
    await under.dispose();
  });

  it("say which bundle was altered", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const connection = new Connection(under.path, 1_000);
    connection.exec(`INSERT INTO bundles VALUES ('${"a".repeat(64)}', '{}', 'x')`);
    connection.close();
    await assert.rejects(store.bundle("a".repeat(64)), { code: "store_corrupt" });
    await store.close();
    await under.dispose();
  });
});

describe("a log that can't be written", () => {
  it("rejects durable appends while another holds the lock, without blocking, and recovers", async () => {
    const under = await temporaryStore();
    const store = await openStore({ path: under.path, busyTimeoutMs: 150 });
    const log = await store.decisions();
    await log.append(sampleRecord(1));
    const blocker = new Connection(under.path, 0);
    blocker.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await assert.rejects(log.append(sampleRecord(2)), {
      code: "log_unavailable",
      message: /locked/,
      help: /holds a lock/,
    });
    clearInterval(timer);
    assert.ok(turns > 10, `the event loop turned ${turns} times`);
    assert.equal(log.stats().healthy, false);
    blocker.rollback();
    blocker.close();
    await log.append(sampleRecord(3));
    assert.deepEqual(
      [log.stats().healthy, (await log.verify()).records, (await log.verify()).ok],
      [true, 2, true],
    );
    await store.close();
    await under.dispose();
  });

  it("keeps buffered records while the lock is held, and writes them afterwards", async () => {
    const under = await temporaryStore();
    const store = await openStore({ path: under.path, busyTimeoutMs: 50 });
    const log = await store.decisions({ mode: "buffered", queueLimit: 5, waitLimitMs: 200 });
    const blocker = new Connection(under.path, 0);
    blocker.exec("BEGIN IMMEDIATE");
    for (let n = 1; n <= 5; n++) await log.append(sampleRecord(n));
    await assert.rejects(log.append(sampleRecord(6)), { code: "log_unavailable" });
    blocker.rollback();
    blocker.close();
    await log.append(sampleRecord(7));
    await log.close();
    await store.close();
    const again = await under.open();
    const { records } = await (await again.decisions()).list({ order: "oldest" });
    assert.deepEqual(
      records.map((r) => r.id),
      [1, 2, 3, 4, 5, 7].map((n) => sampleRecord(n).id),
    );
    await again.close();
    await under.dispose();
  });

  it("rejects while its folder is gone, and writes again once it is back", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const folder = dirname(under.path);
    renameSync(folder, `${folder}-away`);
    const log = await store.decisions();
    await assert.rejects(log.append(sampleRecord(1)), { code: "log_unavailable" });
    assert.equal(existsSync(under.path), false, "no second log was begun in another place");
    renameSync(`${folder}-away`, folder);
    await log.append(sampleRecord(2));
    assert.equal((await log.verify()).records, 1);
    await store.close();
    await under.dispose();
  });

  it("refuses to write on into a file that was removed or replaced", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const log = await store.decisions();
    await log.append(sampleRecord(1));
    const folder = dirname(under.path);
    renameSync(folder, `${folder}-away`);
    await assert.rejects(log.append(sampleRecord(2)), { code: "log_unavailable", message: /is gone/ });
    renameSync(`${folder}-away`, folder);
    await log.append(sampleRecord(3));
    const { records } = await log.list({ order: "oldest" });
    assert.deepEqual(
      records.map(({ id }) => id),
      [1, 3].map((n) => sampleRecord(n).id),
    );
    await store.close();
    await under.dispose();
  });

  it("writes buffered records without being asked to", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const log = await store.decisions({ mode: "buffered" });
    await log.append(sampleRecord(1));
    const deadline = Date.now() + 5_000;
    while (log.stats().queued > 0 && Date.now() < deadline) await sleep(10);
    assert.deepEqual([log.stats().queued, log.stats().written], [0, 1]);
    await store.close();
    await under.dispose();
  });
});
