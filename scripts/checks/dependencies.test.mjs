import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "./dependencies.mjs";

/** @param {Record<string, string>} dependencies @param {string} table */
async function problems(dependencies, table) {
  const base = mkdtempSync(join(tmpdir(), "cordon-dependencies-"));
  try {
    mkdirSync(join(base, "docs"));
    mkdirSync(join(base, "node_modules/left"), { recursive: true });
    writeFileSync(join(base, "node_modules/left/package.json"), JSON.stringify({ license: "MIT" }));
    writeFileSync(join(base, "package.json"), JSON.stringify({ name: "all", workspaces: [], dependencies }));
    writeFileSync(join(base, "docs/dependencies.md"), table);
    return (await check(base)).failures.map((failure) => failure.title);
  } finally {
    rmSync(base, { recursive: true });
  }
}

const row = "| `left` | MIT | pads what is too short on the left |";

test("a listed dependency passes, however the table is aligned", async () => {
  assert.deepEqual(await problems({ left: "1" }, row), []);
  assert.deepEqual(await problems({ left: "1" }, row.replace("`left`", "`left`   ")), []);
});

test("a dependency without a line, and a line without a dependency, are found", async () => {
  assert.deepEqual(await problems({ left: "1" }, ""), ["`left` is not in docs/dependencies.md"]);
  assert.deepEqual(await problems({}, row), ["`left` is in docs/dependencies.md but nobody depends on it"]);
});

test("another licence than the installed one, and a missing reason, are found", async () => {
  assert.deepEqual(await problems({ left: "1" }, row.replace("MIT", "ISC")), ["licence of `left`"]);
  assert.deepEqual(await problems({ left: "1" }, "| `left` | MIT | because |"), [
    "`left` has no reason in docs/dependencies.md",
  ]);
});
