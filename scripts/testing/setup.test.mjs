import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { outdatedPackages, removeStaleOutput } from "./setup.mjs";

let base = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "cordon-setup-"));
});
afterEach(() => rmSync(base, { recursive: true }));

/** @param {string} path @param {unknown} content */
function write(path, content) {
  mkdirSync(join(base, dirname(path)), { recursive: true });
  writeFileSync(join(base, path), typeof content === "string" ? content : JSON.stringify(content));
}

test("nothing installed needs an install", () => {
  write("package-lock.json", { packages: {} });
  assert.deepEqual(outdatedPackages(base), ["nothing is installed"]);
});

test("a package that is missing or older needs an install, one for another platform doesn't", () => {
  const wanted = { "": {}, "node_modules/a": { version: "2.0.0" }, "node_modules/b": { version: "1.0.0" } };
  write("package-lock.json", {
    packages: { ...wanted, "node_modules/c-win32": { version: "1.0.0", optional: true } },
  });
  write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "1.0.0" } } });
  assert.deepEqual(outdatedPackages(base), ["a", "b"]);
  write("node_modules/.package-lock.json", { packages: wanted });
  assert.deepEqual(outdatedPackages(base), []);
});

test("compiled files without a source are removed, with the compiler's notes; others stay", () => {
  write("package.json", { workspaces: ["packages/*"] });
  write("packages/x/package.json", { name: "x" });
  write("packages/x/src/kept.ts", "");
  for (const file of ["kept.js", "kept.d.ts", "gone.test.js", "gone.test.d.ts", ".tsbuildinfo"])
    write(`packages/x/dist/${file}`, "");
  assert.equal(removeStaleOutput(base).length, 2);
  assert.ok(existsSync(join(base, "packages/x/dist/kept.js")));
  assert.ok(!existsSync(join(base, "packages/x/dist/gone.test.js")));
  assert.ok(!existsSync(join(base, "packages/x/dist/.tsbuildinfo")));
  assert.deepEqual(removeStaleOutput(base), []);
});
