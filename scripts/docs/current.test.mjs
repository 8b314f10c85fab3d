import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../testing/workspaces.mjs";
import { currentPages } from "./pages.mjs";

for (const { path, text } of await currentPages()) {
  test(`${path} is current`, () => {
    const written = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
    assert.equal(written, text, "run `node scripts/write-docs.mjs`");
  });
}
