import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../store-error.js";
import { sampleRecord } from "../testing/index.js";
import type { QueueOptions } from "./append-queue.js";
import { AppendQueue } from "./append-queue.js";
import type { BatchWriter, WriteReport } from "./batch-writer.js";
import type { EncodedRecord } from "./body.js";
import { encodeRecord } from "./body.js";

/** A disk that is slow, or fails, when told to. */
class Disk implements BatchWriter {
  readonly batches: string[][] = [];
  failing = false;
  delayMs = 5;
  closed = false;

  async write(batch: readonly EncodedRecord[]): Promise<WriteReport> {
    await sleep(this.delayMs);
    if (this.failing) throw new StoreError("log_unavailable", "the disk is full");
    this.batches.push(batch.map((record) => record.columns.id));
    return { lastSeq: this.written().length, rejected: [] };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  written(): string[] {
    return this.batches.flat();
  }
}

const record = (n: number) => encodeRecord(sampleRecord(n));
const id = (n: number) => sampleRecord(n).id;

function make(options: Partial<QueueOptions> = {}): { disk: Disk; queue: AppendQueue } {
  const disk = new Disk();
  const queue = new AppendQueue(disk, { mode: "durable", limit: 100, waitLimitMs: 1_000, ...options });
  return { disk, queue };
}

describe("group commit", () => {
  it("writes what was appended during one commit in the next", async () => {
    const { disk, queue } = make();
    await Promise.all([1, 2, 3].map((n) => queue.append(record(n))));
    assert.deepEqual(disk.batches, [[id(1), id(2), id(3)]]);
    const first = queue.append(record(4));
    await sleep(2);
    const rest = [5, 6, 7].map((n) => queue.append(record(n)));
    await Promise.all([first, ...rest]);
    assert.deepEqual(disk.batches.slice(1), [[id(4)], [id(5), id(6), id(7)]]);
  });

  it("resolves a durable append only once it is written, a buffered one at once", async () => {
    const durable = make();
    const pending = durable.queue.append(record(1)).then(() => durable.disk.written().length);
    assert.equal(await pending, 1);
    const buffered = make({ mode: "buffered" });
    await buffered.queue.append(record(1));
    assert.deepEqual([buffered.disk.written().length, buffered.queue.stats().queued], [0, 1]);
    await buffered.queue.flush();
    assert.deepEqual([buffered.disk.written().length, buffered.queue.stats().queued], [1, 0]);
  });
});

describe("back-pressure", () => {
  for (const mode of ["durable", "buffered"] as const) {
    it(`${mode}: never holds more than the limit, and writes all in order`, async () => {
      const { disk, queue } = make({ mode, limit: 10 });
      let most = 0;
      const appends = Array.from({ length: 200 }, async (_, n) => {
        await queue.append(record(n));
        most = Math.max(most, queue.stats().queued);
      });
      assert.equal(queue.stats().waiting, 190);
      await Promise.all(appends);
      await queue.flush();
      assert.ok(most <= 10, `held ${most}`);
      assert.deepEqual(
        disk.written(),
        Array.from({ length: 200 }, (_, n) => id(n)),
      );
    });
  }

  it("rejects an append that waited too long, and no other", async () => {
    const { disk, queue } = make({ mode: "buffered", limit: 2, waitLimitMs: 60 });
    disk.failing = true;
    await queue.append(record(1));
    await queue.append(record(2));
    await assert.rejects(queue.append(record(3)), (error: StoreError) => {
      assert.equal(error.code, "log_unavailable");
      assert.match(error.message, /stayed full for 60 ms: the disk is full/);
      return true;
    });
    disk.failing = false;
    await queue.append(record(4));
    await queue.flush();
    assert.deepEqual(disk.written(), [id(1), id(2), id(4)]);
    assert.deepEqual([queue.stats().rejected, queue.stats().healthy], [1, true]);
  });
});

describe("a disk that fails", () => {
  it("rejects durable appends concerned, and recovers with the disk", async () => {
    const { disk, queue } = make();
    disk.failing = true;
    const results = await Promise.allSettled([1, 2].map((n) => queue.append(record(n))));
    assert.deepEqual(
      results.map((result) => result.status),
      ["rejected", "rejected"],
    );
    assert.deepEqual([queue.stats().healthy, queue.stats().lastError], [false, "the disk is full"]);
    disk.failing = false;
    await queue.append(record(3));
    assert.deepEqual(disk.written(), [id(3)]);
    assert.deepEqual([queue.stats().healthy, queue.stats().queued], [true, 0]);
  });

  it("keeps buffered records and writes them in order once it can", async () => {
    const { disk, queue } = make({ mode: "buffered" });
    disk.failing = true;
    for (const n of [1, 2, 3]) await queue.append(record(n));
    await assert.rejects(queue.flush(), { code: "log_unavailable" });
    await queue.append(record(4));
    assert.equal(queue.stats().queued, 4);
    disk.failing = false;
    await queue.close();
    assert.deepEqual(disk.written(), [1, 2, 3, 4].map(id));
  });

  it("says how many records closing lost, and never hangs", async () => {
    const { disk, queue } = make({ mode: "buffered", waitLimitMs: 50 });
    disk.failing = true;
    for (const n of [1, 2, 3]) await queue.append(record(n));
    await assert.rejects(queue.close(), /3 decisions could not be written before closing/);
    assert.equal(disk.closed, true);
    await assert.rejects(queue.append(record(4)), { code: "log_closed" });
  });
});
