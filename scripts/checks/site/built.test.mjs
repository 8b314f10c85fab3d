import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { deadAnchors, foreignAssets } from "./built.mjs";

const site = mkdtempSync(join(tmpdir(), "cordon-built-"));
after(() => rmSync(site, { recursive: true, force: true }));

/** @type {Record<string, string>} */
const files = {
  "index.html": `<main><h2 id="here">Here</h2><a href="#here"></a><a href="#nowhere"></a></main>`,
  "guide/one.html": `<main><a href="/guide/two#there"></a><a href="./two#gone"></a><a href="/#here"></a></main>`,
  "guide/two.html": `<main><h2 id="there">There</h2><a href="https://example.com/#x"></a></main>`,
  "aside.html": `<aside><a href="#in-the-outline"></a></aside><main></main>`,
  "assets/style.css": "a { background: url(https://example.com/a.png) } b { background: url(/b.png) }",
  "loads.html": `<main></main><script src="//cdn.example.com/x.js"></script><a href="https://example.com"></a>`,
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(site, path)), { recursive: true });
  writeFileSync(join(site, path), text);
}

test("finds links to places that a page doesn't have", () => {
  assert.deepEqual(deadAnchors(site).sort(), ["/ links to #nowhere", "/guide/one links to ./two#gone"]);
});

test("finds what would be loaded from another host", () => {
  assert.deepEqual(foreignAssets(site), [
    "assets/style.css loads //example.com/a.png",
    "loads.html loads //cdn.example.com/x.js",
  ]);
});
