import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecisionLog, LogFilter, StoredRecord } from "../../log/index.js";
import { sampleRecord } from "../../testing/index.js";
import { temporaryStore } from "../../testing-internal/temporary-store.js";
import { CHUNK_BITS } from "./schema.js";

const RECORDS = 2 * 2 ** CHUNK_BITS + 700;

describe("queries over several chunks of the index", () => {
  it("find exactly what a scan finds, in both orders and over page ends", async () => {
    const under = await temporaryStore();
    const store = await under.open();
    const log = await store.decisions();
    const records = Array.from({ length: RECORDS }, (_, n) => make(n + 1));
    await Promise.all(records.map((record) => log.append(record)));
    const since = sampleRecord(4_000).time;
    const until = sampleRecord(4_200).time;
    const cases: [LogFilter, (r: ReturnType<typeof make>) => boolean][] = [
      [{ principal: "rare" }, (r) => r.request.principal.id === "rare"],
      [
        { principal: 'User::"rare"', decision: "deny" },
        (r) => r.request.principal.id === "rare" && r.decision === "deny",
      ],
      [{ resource: "once" }, (r) => r.request.resource.id === "once"],
      [{ since, until }, (r) => r.time >= since && r.time < until],
      [{ principal: "rare", since }, (r) => r.request.principal.id === "rare" && r.time >= since],
      [{ principal: "User", until }, (r) => r.request.principal.type === "User" && r.time < until],
      [{ since: "2030-01-01T00:00:00Z" }, () => false],
    ];
    for (const [filter, holds] of cases) {
      const expected = records.filter(holds).map((record) => record.id);
      for (const order of ["oldest", "newest"] as const) {
        const found = (await collect(log, { ...filter, order, limit: 100 })).map((record) => record.id);
        assert.deepEqual(order === "oldest" ? found : found.reverse(), expected, JSON.stringify(filter));
      }
    }
    await store.close();
    await under.dispose();
  });
});

/** One principal in every 500 records, one resource once, and a clock that jumps back now and then. */
function make(n: number): ReturnType<typeof sampleRecord> {
  const record = sampleRecord(n, n % 97 === 0 ? { time: sampleRecord(n - 60).time } : {});
  const principal = n % 500 === 0 ? { type: "User", id: "rare" } : record.request.principal;
  const resource = n === 4_096 ? { type: "Ticket", id: "once" } : record.request.resource;
  return { ...record, request: { ...record.request, principal, resource } };
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
