import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isLintId, LINT_IDS } from "../lint/index.js";
import { docsOf, lintsPage } from "./code-docs.js";
import { OTHER_CODES } from "./other-codes.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** As the formatter lays it out, tables and all, is for the script; here only words count. */
function words(page: string): string {
  return page
    .replaceAll(/\|\s*-+\s*/g, "|")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ *\| */g, "|");
}

test("the page on lints is current", () => {
  const page = readFileSync(join(root, "docs/lints.md"), "utf8");
  assert.equal(words(page), words(lintsPage()), "run `node scripts/write-lint-docs.mjs`");
});

test("each code has its place on the page", () => {
  const page = readFileSync(join(root, "docs/lints.md"), "utf8");
  const places = new Set(
    [...page.matchAll(/^## (\S+)$|<a id="(\S+)">/gm)].map((match) => match[1] ?? match[2]),
  );
  for (const code of [...LINT_IDS, ...Object.keys(OTHER_CODES), "yaml_alias", "json_syntax"]) {
    assert.ok(places.has(docsOf(code).split("#")[1]), code);
  }
});

test("each code that the sources give a diagnostic is known", () => {
  const folders = ["cedar/src", "pdp/src/project", "analysis/src/policy-tests", "analysis/src/check"];
  const sources = folders.flatMap((folder) => {
    const path = join(root, "packages", folder);
    return readdirSync(path)
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(path, name), "utf8"));
  });
  const codes = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/code: "([a-z]+_[a-z_]+)",\n\s+severity/g)].map((m) => m[1] ?? ""),
    ),
  );
  assert.ok(codes.size > 10);
  for (const code of codes) {
    assert.ok(
      isLintId(code) || docsOf(code) !== "docs/lints.md#other-codes",
      `\`${code}\` isn't explained in other-codes.ts`,
    );
  }
});
