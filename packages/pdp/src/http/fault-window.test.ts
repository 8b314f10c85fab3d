import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultWindow } from "./fault-window.js";

test("a fault is over when a write succeeded, and may be over some time after the last failure", () => {
  const window = new FaultWindow(1_000);
  assert.equal(window.isOpen({ healthy: true, failures: 0 }, 0), false);
  assert.equal(window.isOpen({ healthy: false, failures: 1 }, 10), true);
  assert.equal(window.isOpen({ healthy: false, failures: 1 }, 1_009), true);
  assert.equal(window.isOpen({ healthy: false, failures: 1 }, 1_010), false);
  assert.equal(window.isOpen({ healthy: false, failures: 2 }, 1_500), true, "it failed again");
  assert.equal(window.isOpen({ healthy: true, failures: 2 }, 1_600), false);
});
