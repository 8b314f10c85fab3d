import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { describe, it } from "node:test";
import type { DecisionLog, RetentionOptions, VerifyResult } from "../../log/index.js";
import { sampleRecord } from "../../testing/index.js";
import { eventually } from "../../testing-internal/temp-project.js";
import { temporaryStore } from "../../testing-internal/temporary-store.js";
import { Connection } from "./connection.js";

const DAY_MS = 86_400_000;

describe("retention", () => {
  it("removes what is too old, keeps the rest verifiable, and says so", async () => {
    const now = Date.now();
    const times = (n: number) => new Date(now - (n <= 1_200 ? 40 : 1) * DAY_MS + n).toISOString();
    await withLog({ maxAgeDays: 30 }, async (log) => {
      await fill(log, 1_500, (n) => sampleRecord(n, { time: times(n) }));
      const result = await until(log, (r) => r.records === 300);
      assert.deepEqual([result.problems, result.firstSeq, result.lastSeq], [[], 1_201, 1_500]);
      assert.equal(
        result.checkpoints.reduce((sum, checkpoint) => sum + checkpoint.count, 0),
        1_200,
      );
      assert.equal(result.checkpoints.at(-1)?.reason, "age");
      assert.equal((await log.list({ order: "oldest", limit: 1 })).records[0]?.seq, 1_201);
      const pinned = { seq: 5, hash: "0".repeat(64) };
      assert.match((await log.verify({ pinned })).notes.join(), /retention removed it/);
    });
  });

  it("removes the oldest while the store is too large, and gives the space back", async () => {
    const maxBytes = 1_500_000;
    await withLog({ maxBytes }, async (log, path) => {
      await fill(log, 4_000, (n) => sampleRecord(n));
      const files = () => statSync(path).size + statSync(`${path}-wal`).size;
      const result = await until(log, (r) => r.records < 4_000 && files() <= maxBytes, 15_000);
      assert.deepEqual([result.problems, result.lastSeq], [[], 4_000]);
      assert.ok(result.records > 100 && result.records < 4_000);
      assert.equal(result.checkpoints.at(-1)?.reason, "size");
    });
  });

  it("shows a checkpoint that was altered", async () => {
    await withLog({ maxAgeDays: 1 }, async (log, path) => {
      await fill(log, 20, (n) => sampleRecord(n));
      await until(log, (r) => r.records === 0);
      const connection = new Connection(path, 1_000);
      connection.exec(`UPDATE log_events SET body = replace(body, '"count":20', '"count":19')`);
      connection.close();
      const result = await log.verify();
      assert.ok(result.problems.some((problem) => problem.kind === "checkpoint"));
    });
  });

  it("does not cover up what is missing already", async () => {
    const old = (n: number) =>
      sampleRecord(n, { time: new Date(Date.now() - 40 * DAY_MS + n).toISOString() });
    await withLog({}, async (log, path, reopen) => {
      await fill(log, 20, old);
      const connection = new Connection(path, 1_000);
      connection.exec("DELETE FROM decisions WHERE seq IN (3, 4)");
      connection.close();
      const retaining = await reopen({ maxAgeDays: 30 });
      await retaining.append(sampleRecord(21, { time: new Date().toISOString() }));
      const stopped = await eventually(() => retaining.stats().retention.failures > 0 && retaining.stats());
      assert.match(stopped.value.retention.problem ?? "", /records between 1 and 20 are missing/);
      assert.equal(stopped.value.retention.removed, 0);
      const result = await retaining.verify();
      assert.ok(result.problems.some((problem) => problem.kind === "missing" && problem.seq === 3));
    });
  });
});

type Body = (
  log: DecisionLog,
  path: string,
  reopen: (r: RetentionOptions) => Promise<DecisionLog>,
) => Promise<void>;

async function withLog(retention: RetentionOptions, body: Body): Promise<void> {
  const under = await temporaryStore();
  const store = await under.open();
  const open = (options: RetentionOptions) => store.decisions({ retention: options });
  try {
    await body(await open(retention), under.path, open);
  } finally {
    await store.close();
    await under.dispose();
  }
}

async function fill(
  log: DecisionLog,
  count: number,
  make: (n: number) => ReturnType<typeof sampleRecord>,
): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => log.append(make(n + 1))));
}

async function until(
  log: DecisionLog,
  holds: (r: VerifyResult) => boolean,
  limitMs = 6_000,
): Promise<VerifyResult> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await log.verify();
    if (holds(result)) return result;
    assert.ok(Date.now() < deadline, `retention did not get there: ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
