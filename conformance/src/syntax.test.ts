import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePolicySyntax } from "@cordon/analysis/syntax";
import { cedar } from "@cordon/cedar/internal";
import fc from "fast-check";
import { runSettings, shrinkingInTime, worlds } from "./run.js";

/** Cedar's own reading of a policy or template. */
function official(text: string, isTemplate: boolean): unknown {
  const answer = isTemplate ? cedar().templateToJson(text) : cedar().policyToJson(text);
  if (answer.type === "failure") assert.fail(`${answer.errors[0]?.message}: ${text}`);
  return answer.json;
}

/**
 * Coverage, mutation, lints and editors speak of parts of a policy by their places, which Cedar's JSON has not. They
 * rest on a reading of our own, which must be Cedar's, in whole and in every part.
 */
test("the reading with places is Cedar's, and every place holds the very expression", (context) => {
  const { cases, seed } = runSettings(1_500);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed}`);
  let expressions = 0;
  const check = shrinkingInTime((text: string, isTemplate: boolean) => {
    const syntax = parsePolicySyntax(text);
    assert.ok(syntax, text);
    assert.deepEqual(syntax.policy, official(text, isTemplate), text);
    assert.equal(syntax.isTemplate, isTemplate, text);
    for (const [expr, { start, end }] of syntax.spans) {
      const part = text.slice(start, end);
      const alone = official(`permit (principal, action, resource) when { ${part} };`, false);
      assert.deepEqual((alone as { conditions: [{ body: unknown }] }).conditions[0].body, expr, part);
      expressions += 1;
    }
  });
  const property = fc.property(worlds(0), ({ policies }) => {
    for (const text of policies.staticPolicies) check(text, false);
    for (const text of Object.values(policies.templates)) check(text, true);
  });
  fc.assert(property, { seed, numRuns: Math.ceil(Math.min(cases, 20_000) / 10) });
  context.diagnostic(`${expressions} expressions`);
  assert.ok(expressions > cases, `only ${expressions} expressions`);
});
