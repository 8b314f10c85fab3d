import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle } from "@cordon/cedar";
import { cedar } from "@cordon/cedar/internal";
import fc from "fast-check";
import { Choices } from "./generate/choices.js";
import { genPolicies } from "./generate/policies.js";
import { genVocabulary } from "./generate/types.js";
import { runSettings, shrinkingInTime, supplies } from "./run.js";

/** What may stand between policies, and mislead whoever looks for their ends. */
const BETWEEN = [
  "",
  "\n",
  " // permit(principal, action, resource);\n",
  "//\r",
  "\t\u0085\n",
  '// "\n',
  "\r\n// é😀 {\n",
];
const ANNOTATIONS = ["", '@a(";")', '@when("{") @id_("x\\"; }")\n', '@a("// é😀")'];

const files = fc.array(
  fc.record({
    supply: supplies(150),
    between: fc.constantFrom(...BETWEEN),
    annotation: fc.constantFrom(...ANNOTATIONS),
  }),
  { maxLength: 14 },
);

test("a file is split as Cedar splits it, with exact positions", (context) => {
  const { cases, seed } = runSettings(300);
  context.diagnostic(`seed ${seed}`);
  const property = fc.property(
    files,
    shrinkingInTime((parts) => {
      const texts = parts.flatMap(({ supply, annotation }) => {
        const choices = new Choices(supply);
        const { staticPolicies, templates } = genPolicies(choices, genVocabulary(choices));
        return [...staticPolicies, ...Object.values(templates)].map((text) =>
          text.startsWith("@") ? text : annotation + text,
        );
      });
      const file = texts.map((text, index) => `${parts[index % parts.length]?.between}${text}`).join("");
      const built = buildBundle({ policies: [{ path: "f.cedar", text: file }], settings: {} });
      if (!built.ok) assert.fail(`${built.diagnostics[0]?.message}\n${file}`);
      const sources = Object.values(built.bundle.sources);
      assert.deepEqual(
        sources.map(({ text }) => text),
        texts,
      );
      const lines = file.split("\n");
      for (const { text, line, column, clauses } of sources) {
        assert.ok(
          lines
            .slice(line - 1)
            .join("\n")
            .slice(column - 1)
            .startsWith(text),
        );
        for (const { start, end, line: clauseLine, column: clauseColumn } of clauses) {
          const clause = text.slice(start, end);
          assert.ok(
            lines
              .slice(clauseLine - 1)
              .join("\n")
              .slice(clauseColumn - 1)
              .startsWith(clause),
          );
          assert.equal(
            cedar().policyToJson(`permit(principal, action, resource) when { ${clause} };`).type,
            "success",
          );
        }
      }
      const official = cedar().policySetTextToParts(file);
      assert.ok(official.type === "success");
      assert.equal(official.policies.length + official.policy_templates.length, texts.length);
    }),
  );
  fc.assert(property, { seed, numRuns: Math.min(cases, 10_000) });
});
