import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredRecord } from "@cordon/pdp";
import pc from "picocolors";
import { renderRecord } from "./record.js";

const names = Array.from({ length: 40 }, (_, n) => `permission-${n}`);
const record: StoredRecord = {
  id: "019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11",
  time: "2026-11-24T10:00:00.000Z",
  caller: "test",
  traceId: null,
  bundleId: "b".repeat(64),
  request: {
    principal: { type: "User", id: "ann" },
    action: { type: "Action", id: "read" },
    resource: { type: "Doc", id: "plan" },
    context: { note: `${"😀".repeat(60)} end` },
    added: [],
  },
  entities: [
    { uid: { type: "User", id: "ann" }, attrs: { may: names }, ancestors: [], from: { may: "static" } },
  ],
  decision: "allow",
  reasonCode: "permitted",
  policies: [],
  errors: [],
  obligations: [],
  durationUs: 300,
  seq: 1,
  previousHash: "0".repeat(64),
  hash: "1".repeat(64),
  replayable: true,
};

test("long values are broken into lines of the terminal, and lose nothing", () => {
  const plain = pc.createColors(false);
  const [whole, broken] = [renderRecord(record, plain), renderRecord(record, plain, 80)];
  const values = broken.split("\n").filter((line) => /permission|😀|end/.test(line));
  for (const line of values) assert.ok(line.length <= 80, line);
  assert.ok(values.length > 5);
  assert.equal(broken.replaceAll(/\s+/g, "").length, whole.replaceAll(/\s+/g, "").length);
  assert.doesNotMatch(broken, /\p{Surrogate}/u);
  assert.equal(whole.split("\n").filter((line) => line.includes("permission")).length, 1);
});
