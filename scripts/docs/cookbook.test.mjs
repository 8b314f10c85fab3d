// Every project that the pages show is one that people copy: valid, without a finding, and tested to the last condition.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkFolder } from "@cordon/analysis/check";
import { mutateSuite, renderMutation } from "@cordon/analysis/mutation";
import { loadSuite } from "@cordon/analysis/policy-tests";
import { root } from "../testing/workspaces.mjs";

const cookbook = join(root, "examples/cookbook");
const recipes = readdirSync(cookbook, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const projects = [...recipes.map((recipe) => `cookbook/${recipe}`), "coming-from"];

for (const project of projects) {
  const folder = join(root, "examples", project);

  test(`${project}: no finding, no failing test`, async () => {
    const { bundle, diagnostics, tests } = await checkFolder(folder, { tests: true });
    const found = diagnostics.filter(({ severity }) => severity !== "info");
    assert.deepEqual(
      found.map(({ file, code, message }) => `${file}: ${code}: ${message}`),
      [],
    );
    assert.ok(bundle !== undefined);
    assert.ok(tests !== undefined && tests.failed === 0 && tests.passed > 0);
  });

  test(`${project}: its tests notice every change of its policies`, async () => {
    const loaded = await loadSuite(folder);
    assert.ok(loaded.ok);
    const mutation = mutateSuite(loaded.suite);
    assert.equal(mutation.score, 100, renderMutation(mutation, { color: false }));
  });
}

for (const recipe of recipes) {
  test(`${recipe} has a page, and is listed`, () => {
    assert.ok(existsSync(join(root, `docs/cookbook/${recipe}.md`)), `docs/cookbook/${recipe}.md`);
    assert.ok(readFileSync(join(root, "docs/cookbook/index.md"), "utf8").includes(`(${recipe}.md)`));
  });
}
