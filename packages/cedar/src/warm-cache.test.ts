import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle } from "./bundle.js";
import { PolicyCache } from "./policy-cache.js";
import { warmCache } from "./warm-cache.js";

const schema = {
  path: "schema.cedarschema",
  text: "entity User = { level: Long }; entity Doc; action read appliesTo { principal: [User], resource: [Doc] };",
};

/** Enough of them for workers to be used; some don't parse, some don't validate, some are templates. */
const text = Array.from({ length: 500 }, (_, i) => {
  const condition =
    i % 100 === 7 ? `principal.nope == ${i}` : i % 100 === 8 ? "principal." : `principal.level == ${i}`;
  const principal = i % 100 === 9 ? "principal == ?principal" : "principal";
  return `permit (${principal}, action, resource) when { ${condition} };`;
}).join("\n");
const files = [{ path: "policies/many.cedar", text }];

test("a warmed cache knows every policy, and a build with it says what one without it says", async () => {
  const cache = new PolicyCache();
  await warmCache(files, schema, cache);
  assert.ok(cache.knows("permit (principal, action, resource) when { principal.level == 0 };"));
  const project = { policies: files, schema, settings: {} };
  const cold = buildBundle(project);
  assert.ok(!cold.ok && cold.diagnostics.length >= 10);
  assert.deepEqual(buildBundle(project, cache), cold);
});

test("few policies, and a schema that is none, are left to the build", async () => {
  const cache = new PolicyCache();
  await warmCache([{ path: "a.cedar", text: "permit (principal, action, resource);" }], null, cache);
  assert.ok(!cache.knows("permit (principal, action, resource);"));
  await warmCache(files, { ...schema, text: "entity" }, cache);
  assert.ok(!cache.knows("permit (principal, action, resource) when { principal.level == 0 };"));
});
