import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../testing/workspaces.mjs";
import { withIncludes } from "./includes.mjs";

const file = "examples/cookbook/rbac/policies/roles.cedar";
const text = readFileSync(join(root, file), "utf8").trimEnd();
const page = (/** @type {string} */ block) =>
  `Before.\n\n<!-- from ${file} -->\n\n\`\`\`cedar\n${block}\n\`\`\`\n\nAfter.\n\n\`\`\`cedar\nkept\n\`\`\`\n`;

test("a block below the name of a file becomes that file, and nothing else changes", () => {
  assert.equal(withIncludes(page("stale")), page(text));
  assert.equal(withIncludes(page(text)), page(text));
});

test("directives for the check of snippets stay where they are", () => {
  const directed = (/** @type {string} */ block) =>
    `<!-- from ${file} -->\n<!-- snippet: file policies/a.cedar -->\n\n\`\`\`cedar\n${block}\n\`\`\`\n`;
  assert.equal(withIncludes(directed("stale")), directed(text));
});

test("a dollar in a file is a dollar on the page", () => {
  assert.ok(withIncludes(page("x")).includes(text));
  const self = "scripts/docs/includes.test.mjs";
  assert.ok(withIncludes(`<!-- from ${self} -->\n\n\`\`\`\`js\n\n\`\`\`\`\n`).includes(`"$'$&$1"`));
});

test("a file that isn't there is an error", () => {
  assert.throws(() => withIncludes("<!-- from no/such.file -->\n\n```text\n\n```\n"), /no.such\.file/);
});
