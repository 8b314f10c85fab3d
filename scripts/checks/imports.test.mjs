import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readImports } from "./imports/sources.mjs";
import { check } from "./imports.mjs";

const manifests = {
  "package.json": { name: "all", workspaces: ["packages/*"] },
  "packages/engine/package.json": { name: "@cordon/engine" },
  "packages/cedar/package.json": { name: "@cordon/cedar", dependencies: { "@cordon/engine": "1" } },
  "packages/pdp/package.json": { name: "@cordon/pdp", dependencies: { "@cordon/cedar": "1" } },
};

/**
 * @param {Record<string, string>} sources
 * @returns {Promise<string[]>} the problems found in a tree with these sources
 */
async function problems(sources) {
  const base = mkdtempSync(join(tmpdir(), "cordon-imports-"));
  try {
    const files = Object.entries(manifests).map(([path, manifest]) => [path, JSON.stringify(manifest)]);
    for (const [path = "", text = ""] of [...files, ...Object.entries(sources)]) {
      mkdirSync(join(base, dirname(path)), { recursive: true });
      writeFileSync(join(base, path), text);
    }
    return (await check(base)).failures.map((failure) => failure.title);
  } finally {
    rmSync(base, { recursive: true });
  }
}

test("a tree that points down only has no problem", async () => {
  const found = await problems({
    "packages/engine/src/index.ts": `export { a } from "./a.js";\n`,
    "packages/engine/src/a.ts": "export const a = 1;\n",
    "packages/cedar/src/index.ts": `import { a } from "@cordon/engine";\nexport const b = a;\n`,
  });
  assert.deepEqual(found, []);
});

test("an import upwards is found", async () => {
  const found = await problems({
    "packages/cedar/src/index.ts": `import type { Pdp } from "@cordon/pdp";\n`,
  });
  assert.deepEqual(found, ["packages/cedar/src/index.ts:1 imports `@cordon/pdp`"]);
});

test("the engine may import nothing, not even from Node.js, but its tests may", async () => {
  const found = await problems({
    "packages/engine/src/index.ts": `import { hash } from "node:crypto";\nexport const h = hash;\n`,
    "packages/engine/src/index.test.ts": `import { test } from "node:test";\ntest("x", () => {});\n`,
  });
  assert.deepEqual(found, ["packages/engine/src/index.ts:1 imports `node:crypto`"]);
});

test("cedar-wasm stays behind the front end", async () => {
  const found = await problems({
    "packages/pdp/src/index.ts": `const w = await import("@cedar-policy/cedar-wasm/nodejs");\n`,
  });
  assert.deepEqual(found, ["packages/pdp/src/index.ts:1 imports `@cedar-policy/cedar-wasm/nodejs`"]);
});

test("an import that the manifest doesn't declare is found", async () => {
  const found = await problems({
    "packages/pdp/src/index.ts": `import { engine } from "@cordon/engine";\nimport z from "zod";\n`,
  });
  assert.deepEqual(found, [
    "packages/pdp/src/index.ts:1 imports `@cordon/engine`",
    "packages/pdp/src/index.ts:2 imports `zod`",
  ]);
});

test("a relative import out of the package is found", async () => {
  const found = await problems({
    "packages/pdp/src/index.ts": `export * from "../../cedar/src/index.js";\n`,
  });
  assert.deepEqual(found, ["packages/pdp/src/index.ts:1 imports `../../cedar/src/index.js`"]);
});

test("a cycle of files is found, but types may be recursive", async () => {
  const found = await problems({
    "packages/engine/src/a.ts": `import { b } from "./b.js";\nexport const a = () => b();\n`,
    "packages/engine/src/b.ts": `import { a } from "./a.js";\nexport const b = () => a();\n`,
    "packages/engine/src/c.ts": `import type { D } from "./d.js";\nexport type C = D[];\n`,
    "packages/engine/src/d.ts": `import type { C } from "./c.js";\nexport type D = C[];\n`,
  });
  assert.deepEqual(found, ["cycle in packages/engine/src: a.ts → b.ts → a.ts"]);
});

test("a cycle of folders is found even where no file takes part in one, and be it of types", async () => {
  const found = await problems({
    "packages/engine/src/x/one.ts": `export type * from "../y/one.js";\n`,
    "packages/engine/src/x/two.ts": "export const two = 2;\n",
    "packages/engine/src/y/one.ts": "export const one = 1;\n",
    "packages/engine/src/y/two.ts": `export * from "../x/two.js";\n`,
  });
  assert.deepEqual(found, ["cycle in packages/engine/src: x/ → y/ → x/"]);
});

test("`subject` outside of the codec is found, in comments it may stand", async () => {
  const text = "// AuthZEN's subject\nexport const subject = 1;\n";
  const found = await problems({
    "packages/pdp/src/authzen/decode.ts": text,
    "packages/pdp/src/pipeline.ts": text,
  });
  assert.deepEqual(found, ["packages/pdp/src/pipeline.ts:2 says `subject`"]);
});

test("imports are read in each shape the formatter writes", () => {
  const text = [
    `import "./effect.js";`,
    `import type { A } from "./a.js";`,
    `import {\n  b,\n  c,\n} from "./b.js";`,
    `export * from "./d.js";`,
    `const e = await import("./e.js");`,
    `// import("./comment.js")`,
  ].join("\n");
  const found = readImports("src/index.ts", text).map(({ target, line, typeOnly }) => ({
    target,
    line,
    typeOnly,
  }));
  assert.deepEqual(found, [
    { target: "src/effect.ts", line: 1, typeOnly: false },
    { target: "src/a.ts", line: 2, typeOnly: true },
    { target: "src/b.ts", line: 3, typeOnly: false },
    { target: "src/d.ts", line: 7, typeOnly: false },
    { target: "src/e.ts", line: 8, typeOnly: false },
  ]);
});
