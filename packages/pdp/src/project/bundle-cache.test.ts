import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { DecisionRequest } from "@cordon/engine";
import { replaceFile, tempProject } from "../testing-internal/temp-project.js";
import { openProject } from "./open-project.js";

const ask: DecisionRequest = { principal: 'U::"u"', action: "a", resource: 'R::"r"' };
const PERMIT = "permit (principal, action, resource);";
const FORBID = "forbid (principal, action, resource);";

async function answer(directory: string, oneShot = true): Promise<string> {
  const decider = await openProject(directory, { watch: false, oneShot });
  const { decision, bundleId } = await decider.decide(ask);
  assert.equal(bundleId, decider.bundle.id);
  await decider.close();
  return decision;
}

test("a kept bundle answers for the same texts only", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": PERMIT });
  const file = join(directory, ".cordon/bundle.json");
  assert.equal(await answer(directory), "allow");
  const kept = await readFile(file, "utf8");
  assert.equal((await stat(file)).mode & 0o077, 0);
  assert.equal(await answer(directory), "allow");
  assert.equal(await readFile(file, "utf8"), kept);

  await replaceFile(join(directory, "policies/a.cedar"), FORBID);
  assert.equal(await answer(directory), "deny");
  assert.notEqual(await readFile(file, "utf8"), kept);
  await writeFile(file, kept);
  assert.equal(await answer(directory), "deny");
});

test("a kept bundle that was altered or cut off is built anew, and who serves never reads it", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": FORBID });
  const file = join(directory, ".cordon/bundle.json");
  await answer(directory);
  const kept = await readFile(file, "utf8");
  const altered = kept.replace('"forbid"', '"permit"');
  assert.notEqual(altered, kept);
  for (const text of [altered, kept.slice(0, 50), "", "null", "[]"]) {
    await writeFile(file, text);
    assert.equal(await answer(directory), "deny", text.slice(0, 20));
  }
  await writeFile(file, altered);
  assert.equal(await answer(directory, false), "deny");
  assert.equal(await readFile(file, "utf8"), altered);
});
