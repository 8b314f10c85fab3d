import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { describe, it } from "node:test";
import type { VerifyProblemKind, VerifyResult } from "../../log/index.js";
import { sampleRecord } from "../../testing/index.js";
import { temporaryStore } from "../../testing-internal/temporary-store.js";
import { Connection } from "./connection.js";

const RECORDS = 30;
const TARGET = 12;

/** What somebody with the file might do, and what verification must say of it. */
const CASES: { name: string; sql: string; finds: [VerifyProblemKind, number | null] }[] = [
  {
    name: "the content of a record",
    sql: `UPDATE decisions SET body = replace(body, '"deny"', '"allow"') WHERE seq = ${TARGET}`,
    finds: ["altered", TARGET],
  },
  {
    name: "one byte of space in a record",
    sql: `UPDATE decisions SET body = body || ' ' WHERE seq = ${TARGET}`,
    finds: ["altered", TARGET],
  },
  {
    name: "a record that can no longer be read",
    sql: `UPDATE decisions SET body = 'x' WHERE seq = ${TARGET}`,
    finds: ["altered", TARGET],
  },
  {
    name: "a hash",
    sql: `UPDATE decisions SET hash = '${"0".repeat(64)}' WHERE seq = ${TARGET}`,
    finds: ["altered", TARGET],
  },
  {
    name: "a previous hash",
    sql: `UPDATE decisions SET previous_hash = '${"0".repeat(64)}' WHERE seq = ${TARGET}`,
    finds: ["altered", TARGET],
  },
  {
    name: "a deletion in the middle",
    sql: `DELETE FROM decisions WHERE seq = ${TARGET}`,
    finds: ["missing", TARGET],
  },
  {
    name: "a deletion in the middle, renumbered",
    sql: `DELETE FROM decisions WHERE seq = ${TARGET}; UPDATE decisions SET seq = seq - 1 WHERE seq > ${TARGET}`,
    finds: ["out_of_order", TARGET],
  },
  {
    name: "the bundle that a record was decided by",
    sql: `INSERT INTO bundles VALUES ('${sampleRecord(TARGET).bundleId}', '{}', '2026-01-01')`,
    finds: ["bundle", null],
  },
  { name: "a deletion at the start", sql: "DELETE FROM decisions WHERE seq <= 3", finds: ["missing", 1] },
  { name: "a deletion at the end", sql: "DELETE FROM decisions WHERE seq > 27", finds: ["missing", 28] },
  { name: "the deletion of everything", sql: "DELETE FROM decisions", finds: ["missing", 1] },
  {
    name: "two records swapped",
    sql: `UPDATE decisions SET seq = -1 WHERE seq = 5; UPDATE decisions SET seq = 5 WHERE seq = 9;
          UPDATE decisions SET seq = 9 WHERE seq = -1`,
    finds: ["out_of_order", 5],
  },
  {
    name: "a record inserted at the end",
    sql: `INSERT INTO decisions SELECT 31, 'new', time, principal_type, principal_id, action_type, action_id,
          resource_type, resource_id, decision, caller, previous_hash, hash, body FROM decisions WHERE seq = 30`,
    finds: ["out_of_order", 31],
  },
  {
    name: "a record inserted before the first",
    sql: `INSERT INTO decisions SELECT 0, 'new', time, principal_type, principal_id, action_type, action_id,
          resource_type, resource_id, decision, caller, previous_hash, hash, body FROM decisions WHERE seq = 1`,
    finds: ["out_of_order", 0],
  },
  {
    name: "a policy taken from the index",
    sql: `DELETE FROM decision_policies WHERE seq = 13`,
    finds: ["index", 13],
  },
  {
    name: "a policy moved to another record",
    sql: `UPDATE decision_policies SET seq = 12 WHERE seq = 13`,
    finds: ["index", 13],
  },
  {
    name: "an unknown policy in the index",
    sql: `INSERT INTO decision_policies VALUES ('invented', 13)`,
    finds: ["index", null],
  },
  {
    name: "the anchor",
    sql: `UPDATE meta SET value = replace(value, '"count":30', '"count":29') WHERE key = 'log_anchor'`,
    finds: ["anchor", null],
  },
  { name: "the anchor's removal", sql: "DELETE FROM meta WHERE key LIKE 'log_%'", finds: ["anchor", null] },
  {
    name: "an invented event",
    sql: `INSERT INTO log_events VALUES (1, '{"kind":"retention","lastSeq":0,"count":0}', 'x')`,
    finds: ["checkpoint", null],
  },
  ...["id", "principal_type", "principal_id", "action_type", "action_id", "resource_type", "resource_id"].map(
    (column) => ({
      name: `column ${column}`,
      sql: `UPDATE decisions SET ${column} = 'x' WHERE seq = ${TARGET}`,
      finds: ["index", TARGET] as [VerifyProblemKind, number],
    }),
  ),
  ...["decision = 'allow'", "caller = 'x'", "time = time + 1"].map((change) => ({
    name: `column ${change}`,
    sql: `UPDATE decisions SET ${change} WHERE seq = ${TARGET}`,
    finds: ["index", TARGET] as [VerifyProblemKind, number],
  })),
];

describe("a log that was tampered with", () => {
  for (const { name, sql, finds } of CASES) {
    it(`shows ${name}`, async () => {
      const { result } = await tamper((connection) => connection.exec(sql));
      assert.equal(result.ok, false);
      const [kind, seq] = finds;
      const found = result.problems.some((problem) => problem.kind === kind && problem.seq === seq);
      assert.ok(found, `expected ${kind} at ${seq}, got ${JSON.stringify(result.problems)}`);
    });
  }

  it("still shows it after further appends", async () => {
    for (const sql of [
      "DELETE FROM decisions WHERE seq > 27",
      "UPDATE meta SET value = '{}' WHERE key = 'log_anchor'",
    ]) {
      const { result } = await tamper((connection) => connection.exec(sql), 5);
      assert.equal(result.ok, false, sql);
    }
  });

  it("goes on writing after a record was inserted behind its end", async () => {
    const sql = `INSERT INTO decisions SELECT 31, 'new', time, principal_type, principal_id, action_type, action_id,
      resource_type, resource_id, decision, caller, previous_hash, hash, body FROM decisions WHERE seq = 30`;
    const { result } = await tamper((connection) => connection.exec(sql), 3);
    assert.deepEqual([result.ok, result.lastSeq], [false, 34]);
  });

  it("calls another secret damage until a write has recorded the replacement", async () => {
    const { result } = await tamper((_, path) => rm(`${path}.secret`));
    assert.deepEqual([result.ok, result.problems.map(({ kind }) => kind)], [false, ["anchor"]]);
    assert.match(result.problems[0]?.message ?? "", /another secret/);
    const disguised = await tamper((connection) =>
      connection.exec(
        "UPDATE decisions SET seq = 99 WHERE seq = 30; DELETE FROM decisions WHERE seq = 99;" +
          `UPDATE meta SET value = replace(replace(value, '"lastSeq":30', '"lastSeq":29'), '"secretId":"', '"secretId":"0') WHERE key = 'log_anchor'`,
      ),
    );
    assert.equal(disguised.result.ok, false);
  });

  it("notes a replaced secret without calling it damage", async () => {
    const { result } = await tamper((_, path) => rm(`${path}.secret`), 3);
    assert.equal(result.ok, true);
    assert.match(result.notes.join(), /secret was replaced at .* after record 30/);
  });
});

async function tamper(
  harm: (connection: Connection, path: string) => unknown,
  appendAfter = 0,
): Promise<{ result: VerifyResult }> {
  const under = await temporaryStore();
  const store = await under.open();
  const log = await store.decisions();
  await Promise.all(Array.from({ length: RECORDS }, (_, n) => log.append(sampleRecord(n + 1))));
  assert.equal((await log.verify()).ok, true);
  await store.close();
  const connection = new Connection(under.path, 1_000);
  await harm(connection, under.path);
  connection.close();
  const again = await under.open();
  const damaged = await again.decisions();
  for (let n = 0; n < appendAfter; n++) await damaged.append(sampleRecord(1_000 + n));
  const result = await damaged.verify();
  await again.close();
  await under.dispose();
  return { result };
}
