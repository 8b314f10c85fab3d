import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { testedPolicies } from "../../check/test-findings.js";
import { loadSuite, runSuite } from "../../policy-tests/index.js";
import { testsByPolicy } from "./policy-tests.js";

test("the policies that tests decide are those that aren't untested", async () => {
  const loaded = await loadSuite(fileURLToPath(new URL("../../../../../examples/helpdesk", import.meta.url)));
  assert.ok(loaded.ok);
  const run = runSuite(loaded.suite);
  const counts = testsByPolicy(run);
  assert.deepEqual(Object.keys(counts).sort(), [...testedPolicies(loaded.suite, run)].sort());
  assert.ok((counts["former-staff-do-nothing"] ?? 0) > 1);
});
