import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLE_POLICY, EXAMPLE_SCHEMA, LINT_IDS, lintOf } from "./lint-table.js";
import { lintFiles } from "./testing-internal/lint-files.js";

/** The example's project, with its policies or its schema as they should be or not. */
function found(id: (typeof LINT_IDS)[number], which: "bad" | "good") {
  const { example } = lintOf(id);
  const text = example[which];
  const schema = example.schema === undefined ? EXAMPLE_SCHEMA : example.schema;
  const tested = which === "good" && example.testedPolicy !== undefined ? [example.testedPolicy] : [];
  return lintFiles(
    {
      "policies/example.cedar": example.isSchema ? EXAMPLE_POLICY : text,
      ...(example.isSchema
        ? { "schema.cedarschema": text }
        : schema === null
          ? {}
          : { "schema.cedarschema": schema }),
    },
    { levels: { [id]: "warning" }, ...(example.testedPolicy === undefined ? {} : { tested }) },
  );
}

for (const id of LINT_IDS) {
  test(`${id} finds its example, and nothing once it is mended`, () => {
    const bad = found(id, "bad").filter(({ code }) => code === id);
    assert.ok(bad.length > 0, "nothing is found in the bad example");
    const good = found(id, "good");
    assert.deepEqual(
      good.filter(({ code, severity }) => code === id || severity === "error"),
      [],
    );
    const isFixable = bad.some(({ fix }) => fix !== undefined);
    assert.equal(
      isFixable,
      lintOf(id).isFixable ?? false,
      "the table and the rule agree on whether it is fixable",
    );
  });
}
