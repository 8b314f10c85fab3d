import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Bundle } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { canonicalJson } from "@cordon/engine/json";
import type { DecisionLog, DecisionLogOptions, LogFilter } from "../log/decision-log.js";
import type { StoredRecord } from "../log/record.js";
import type { Store } from "../store/store.js";
import { sampleRecord } from "./sample-records.js";

export interface StoreUnderTest {
  /** Opens the same store once more, as another process would. */
  open(): Promise<Store>;
  /** Removes everything. */
  dispose(): Promise<void>;
}

export interface StoreContractOptions {
  /** Options every log is opened with, such as the mode. */
  log?: DecisionLogOptions;
}

/** What every Store promises. Run it against your own: `storeContract("mine", makeStore)` in a test file. */
export function storeContract(
  name: string,
  make: () => Promise<StoreUnderTest>,
  options: StoreContractOptions = {},
): void {
  describe(`store contract: ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await make();
      store = await under.open();
    });
    afterEach(async () => {
      await store.close();
      await under.dispose();
    });
    const log = () => store.decisions(options.log ?? {});
    const another = () => under.open();
    appending(log, another, options);
    listing(log);
    filtering(log);
    following(log, another, options);
    verifying(log, () => store);
    bundles(() => store, another);
    keys(() => store, another);
  });
}

type OpenLog = () => Promise<DecisionLog>;
type OpenStore = () => Promise<Store>;

async function fill(log: DecisionLog, from: number, to: number): Promise<void> {
  const all: Promise<void>[] = [];
  for (let n = from; n <= to; n++) all.push(log.append(sampleRecord(n)));
  await Promise.all(all);
  await log.flush();
}

function appending(open: OpenLog, another: OpenStore, options: StoreContractOptions): void {
  it("gives back what was appended", async () => {
    const log = await open();
    await log.append(sampleRecord(1));
    await log.flush();
    const record = await log.get(sampleRecord(1).id);
    const { seq, previousHash, hash, replayable, ...input } = record ?? fail();
    assert.deepEqual(plain(input), sampleRecord(1));
    assert.deepEqual([seq, replayable, previousHash], [1, true, "0".repeat(64)]);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(await log.get("unknown"), undefined);
  });

  it("keeps the order of appends and links each record to the one before", async () => {
    const log = await open();
    await fill(log, 1, 250);
    const records = await collect(log, { order: "oldest", limit: 100 });
    assert.deepEqual(
      records.map((r) => [r.seq, r.id]),
      records.map((_, i) => [i + 1, sampleRecord(i + 1).id]),
    );
    for (const [i, record] of records.entries()) {
      assert.equal(record.previousHash, i === 0 ? "0".repeat(64) : records[i - 1]?.hash);
    }
  });

  it("keeps integers beyond 2^53, odd keys and odd text exactly", async () => {
    const log = await open();
    const context = JSON.parse('{"__proto__": 1, "constructor": {"x": []}, "\\u0000": "a\\u0000\\ud800é"}');
    context.big = 9_223_372_036_854_775_807n;
    const request = {
      ...sampleRecord(1).request,
      context,
      principal: { type: "User", id: 'a"\u0000\\\ud800' },
    };
    await log.append(sampleRecord(1, { request, caller: "__proto__" }));
    await log.flush();
    const record = await log.get(sampleRecord(1).id);
    assert.equal(record?.request.context.big, 9_223_372_036_854_775_807n);
    assert.deepEqual(Object.keys(record?.request.context ?? {}).sort(), Object.keys(context).sort());
    assert.equal(record?.request.principal.id, request.principal.id);
    assert.equal((await log.verify()).ok, true);
  });

  it("takes the same record twice once, and refuses another under its id", async () => {
    const log = await open();
    await log.append(sampleRecord(1));
    await log.append(sampleRecord(1));
    const other = log.append(sampleRecord(1, { decision: "allow", caller: "somebody else" }));
    if (options.log?.mode === "buffered") await other;
    else await assert.rejects(other, { code: "duplicate_id" });
    await log.append(sampleRecord(2));
    await log.flush();
    assert.equal((await collect(log, {})).length, 2);
    assert.equal((await log.verify()).ok, true);
  });

  it("survives closing and opening again", async () => {
    const log = await open();
    await fill(log, 1, 5);
    await log.close();
    await assert.rejects(log.append(sampleRecord(6)), { code: "log_closed" });
    const second = await another();
    const reopened = await second.decisions(options.log ?? {});
    await reopened.append(sampleRecord(6));
    await reopened.flush();
    assert.equal((await collect(reopened, {})).length, 6);
    assert.equal((await reopened.verify()).ok, true);
    await second.close();
  });

  it("never forks the chain when several write at once", async () => {
    const second = await another();
    const [a, b] = [await open(), await second.decisions(options.log ?? {})];
    for (let n = 1; n <= 200; n += 2)
      await Promise.all([a.append(sampleRecord(n)), b.append(sampleRecord(n + 1))]);
    await a.flush();
    await b.flush();
    const result = await a.verify();
    assert.deepEqual([result.ok, result.records], [true, 200]);
    await second.close();
  });

  it("refuses a record that can't be filtered later", async () => {
    const log = await open();
    await assert.rejects(log.append(sampleRecord(1, { time: "yesterday" })), { code: "record_invalid" });
  });
}

function listing(open: OpenLog): void {
  it("pages through everything, newest and oldest first, nothing twice", async () => {
    const log = await open();
    await fill(log, 1, 101);
    const oldest = await collect(log, { order: "oldest", limit: 10 });
    const newest = await collect(log, { limit: 7 });
    assert.deepEqual(
      oldest.map((r) => r.seq),
      Array.from({ length: 101 }, (_, i) => i + 1),
    );
    assert.deepEqual(newest, [...oldest].reverse());
  });

  it("is not thrown off by appends between pages", async () => {
    const log = await open();
    await fill(log, 1, 20);
    const first = await log.list({ limit: 10 });
    await fill(log, 21, 40);
    const second = await log.list({ limit: 10, cursor: first.next ?? "" });
    assert.deepEqual(
      second.records.map((r) => r.seq),
      [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
    );
    assert.equal(second.next, null);
  });

  it("refuses cursors, limits, times, decisions and uids that are none", async () => {
    const log = await open();
    await fill(log, 1, 3);
    const { next } = await log.list({ limit: 1 });
    const bad: LogFilter[] = [
      { cursor: "x" },
      { cursor: next ?? "", order: "oldest" },
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { since: "yesterday" },
      { until: "12" },
      { decision: "maybe" as "allow" },
      { principal: 'User::"ann' },
    ];
    for (const filter of bad) {
      await assert.rejects(log.list(filter), { code: "filter_invalid" }, JSON.stringify(filter));
    }
  });
}

function filtering(open: OpenLog): void {
  it("answers every combination of filters as a scan over all records would", async () => {
    const log = await open();
    await fill(log, 1, 120);
    const all = await collect(log, {});
    for (const filter of combinations()) {
      const expected = all.filter((record) => matches(record, filter)).map((record) => record.seq);
      const found = await collect(log, { ...filter, limit: 9 });
      assert.deepEqual(
        found.map((record) => record.seq),
        expected,
        JSON.stringify(filter),
      );
    }
  });
}

function combinations(): LogFilter[] {
  const choices: LogFilter[][] = [
    [
      {},
      { principal: 'User::"user-3"' },
      { principal: "User" },
      { principal: "user-3" },
      { principal: "nobody" },
    ],
    [{}, { action: "ticket:read" }, { action: 'Action::"ticket:read"' }, { action: "Action" }],
    [{}, { resource: 'Ticket::"thing-4"' }, { resource: "Invoice" }, { resource: "thing-4" }],
    [{}, { policy: "policy-1" }, { policy: "broken" }, { decision: "deny" }, { decision: "allow" }],
    [{}, { caller: "billing" }, { since: at(40) }, { until: at(40) }, { since: at(40), until: at(80) }],
  ];
  return choices.reduce<LogFilter[]>(
    (done, next) => done.flatMap((filter) => next.map((more) => ({ ...filter, ...more }))),
    [{}],
  );
}

function at(n: number): string {
  return sampleRecord(n).time;
}

function matches(record: StoredRecord, filter: LogFilter): boolean {
  const uid = (part: { type: string; id: string }, text: string | undefined) =>
    text === undefined || [part.type, part.id, `${part.type}::"${part.id}"`].includes(text);
  const { principal, action, resource } = record.request;
  return (
    uid(principal, filter.principal) &&
    uid(action, filter.action) &&
    uid(resource, filter.resource) &&
    (filter.policy === undefined ||
      record.policies.includes(filter.policy) ||
      record.errors.some((error) => error.policyId === filter.policy)) &&
    (filter.decision === undefined || record.decision === filter.decision) &&
    (filter.caller === undefined || record.caller === filter.caller) &&
    (filter.since === undefined || record.time >= filter.since) &&
    (filter.until === undefined || record.time < filter.until)
  );
}

function following(open: OpenLog, another: OpenStore, options: StoreContractOptions): void {
  it("follows from a record on, and sees what others append", async () => {
    const log = await open();
    await fill(log, 1, 5);
    const second = await another();
    const other = await second.decisions(options.log ?? {});
    const controller = new AbortController();
    const seen: number[] = [];
    for await (const record of log.follow(2, controller.signal)) {
      seen.push(record.seq);
      if (seen.length === 3) await fill(other, 6, 7);
      if (seen.length === 5) controller.abort();
    }
    assert.deepEqual(seen, [3, 4, 5, 6, 7]);
    await second.close();
  });

  it("stops following at once when told to", async () => {
    const log = await open();
    await fill(log, 1, 3);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    for await (const _ of log.follow("now", controller.signal)) fail();
  });
}

function verifying(open: OpenLog, store: () => Store): void {
  it("verifies an empty log and a full one, and names the head", async () => {
    const log = await open();
    assert.deepEqual([(await log.verify()).ok, (await log.verify()).records], [true, 0]);
    await fill(log, 1, 700);
    const progress: number[] = [];
    const result = await log.verify({ onProgress: (done) => progress.push(done) });
    const newest = (await log.list({ limit: 1 })).records[0];
    assert.deepEqual([result.ok, result.records, result.firstSeq, result.lastSeq], [true, 700, 1, 700]);
    assert.equal(result.headHash, newest?.hash);
    assert.ok(progress.length > 1 && progress.at(-1) === 700);
  });

  it("finds a pinned head, and misses one that is not there", async () => {
    const log = await open();
    await fill(log, 1, 10);
    const pinned = (await log.list({ limit: 5 })).records.at(-1) ?? fail();
    assert.equal((await log.verify({ pinned })).ok, true);
    const forged = await log.verify({ pinned: { seq: pinned.seq, hash: "f".repeat(64) } });
    assert.deepEqual(
      forged.problems.map((p) => [p.kind, p.seq]),
      [["missing", pinned.seq]],
    );
  });

  it("redacts before anything is kept", async () => {
    const redact = [{ attribute: "User.department", how: "hash" as const }];
    const log = await store().decisions({ redact });
    await fill(log, 1, 2);
    const [b, a] = (await log.list()).records;
    assert.match(JSON.stringify(a?.entities[0]?.attrs.department), /^\{"__redacted":"hash:[0-9a-f]{64}"\}$/);
    assert.deepEqual(a?.entities[0]?.attrs.department, b?.entities[0]?.attrs.department);
    assert.equal(a?.replayable, false);
  });
}

function bundles(store: () => Store, another: OpenStore): void {
  it("keeps bundles by their content", async () => {
    const bundle = sampleBundle(9_007_199_254_740_993n);
    await store().saveBundle(bundle);
    await store().saveBundle(bundle);
    const second = await another();
    const loaded = await second.bundle(bundle.id);
    assert.equal(
      canonicalJson(loaded as unknown as JsonValue),
      canonicalJson(bundle as unknown as JsonValue),
    );
    assert.equal(await second.bundle("0".repeat(64)), undefined);
    await second.close();
  });

  it("refuses a bundle whose id is not its hash", async () => {
    const bundle = { ...sampleBundle(1n), id: "0".repeat(64) };
    await assert.rejects(store().saveBundle(bundle), { code: "bundle_invalid" });
  });
}

function sampleBundle(limit: bigint): Bundle {
  const rest = {
    formatVersion: 1 as const,
    policies: { staticPolicies: {}, templates: {}, templateLinks: [] },
    sources: {},
    schema: null,
    settings: { limit },
  };
  const id = createHash("sha256")
    .update(canonicalJson(rest as unknown as JsonValue))
    .digest("hex");
  return { ...rest, id } as unknown as Bundle;
}

function keys(store: () => Store, another: OpenStore): void {
  it("knows its keys, and only those", async () => {
    const { key, record } = await store().keys.create({ name: "ci", scopes: ["read_log", "evaluate"] });
    assert.match(key, /^cordon_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(await store().keys.verify(key), {
      id: record.id,
      name: "ci",
      scopes: ["evaluate", "read_log"],
    });
    const last = key.at(-1) === "A" ? "E" : "A";
    for (const wrong of ["", "cordon_", `${key}x`, key.slice(0, -1) + last, key.toUpperCase()]) {
      assert.equal(await store().keys.verify(wrong), undefined, wrong);
    }
    assert.equal(await store().keys.count(), 1);
  });

  it("lets a live name be used once, and again after revocation", async () => {
    const first = await store().keys.create({ name: "ci", scopes: ["evaluate"] });
    const again = () => store().keys.create({ name: "ci", scopes: ["evaluate"] });
    await assert.rejects(again(), { code: "key_name_taken" });
    assert.deepEqual([await store().keys.revoke("ci"), await store().keys.revoke("ci")], [true, false]);
    assert.equal(await store().keys.verify(first.key), undefined);
    const second = await again();
    assert.ok(await store().keys.verify(second.key));
    const list = await store().keys.list();
    assert.deepEqual(list.map((k) => [k.name, k.revoked === null]).sort(), [
      ["ci", false],
      ["ci", true],
    ]);
    assert.equal(JSON.stringify(list).includes(second.key.slice(20)), false);
  });

  it("refuses names and scopes that are none", async () => {
    const { keys } = store();
    await assert.rejects(keys.create({ name: "", scopes: ["evaluate"] }), { code: "key_invalid" });
    await assert.rejects(keys.create({ name: "a\nb", scopes: ["evaluate"] }), { code: "key_invalid" });
    await assert.rejects(keys.create({ name: "a", scopes: [] }), { code: "key_invalid" });
    await assert.rejects(keys.create({ name: "a", scopes: ["root" as "evaluate"] }), { code: "key_invalid" });
  });

  it("obeys another process's keys and revocations within a second", async () => {
    const second = await another();
    await store().keys.count();
    const { key } = await second.keys.create({ name: "ci", scopes: ["evaluate"] });
    await eventually(async () => (await store().keys.verify(key)) !== undefined);
    await second.keys.revoke("ci");
    await eventually(async () => (await store().keys.verify(key)) === undefined);
    await second.close();
  });
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 1_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, "did not happen within a second");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function collect(log: DecisionLog, filter: LogFilter): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let cursor: string | null = null;
  do {
    const page = await log.list(cursor === null ? filter : { ...filter, cursor });
    records.push(...page.records);
    cursor = page.next;
  } while (cursor !== null);
  return records;
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function fail(): never {
  assert.fail("nothing was expected here");
}
