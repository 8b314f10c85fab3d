import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRecord } from "../../log/body.js";
import { sampleRecord } from "../../testing/index.js";
import { packBatch, unpackBatch } from "./writer-messages.js";

test("a batch arrives as it was sent", () => {
  const plain = sampleRecord(1);
  const odd = {
    ...sampleRecord(2),
    caller: "a\0b\nc\ud800",
    policies: ["", "x\0y", "z\n"],
    errors: [{ policyId: "gone", message: "\0 \ud83d\ude00" }],
  };
  for (const records of [[], [plain], [odd], [plain, { ...plain, policies: [], errors: [] }, odd, plain]]) {
    const batch = records.map(encodeRecord);
    assert.deepEqual(unpackBatch(packBatch(batch)), batch);
  }
});
