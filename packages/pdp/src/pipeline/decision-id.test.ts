import assert from "node:assert/strict";
import { test } from "node:test";
import { newDecisionId } from "./decision-id.js";

test("ids are UUIDv7 of now, distinct, and sort in the order made", () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, newDecisionId);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
  const ms = Number.parseInt((ids[0] ?? "").replace("-", "").slice(0, 12), 16);
  assert.ok(ms >= before && ms <= Date.now() + 1, String(ms - before));
  for (const id of ids.slice(0, 100)) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
