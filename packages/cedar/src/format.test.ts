import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPolicies } from "./format.js";

test("formatting keeps comments and numbers, and is stable", () => {
  const formatted = formatPolicies(
    '// why\n@id("a")permit(principal,action,resource)when{context.n==9007199254740993}; // trailing\n',
  );
  assert.ok(formatted.ok);
  assert.match(formatted.text, /^\/\/ why\n@id\("a"\)\npermit \(principal, action, resource\)\n/);
  assert.match(formatted.text, /context\.n == 9007199254740993.*\/\/ trailing/s);
  assert.deepEqual(formatPolicies(formatted.text), formatted);
});

test("a text with faults gives all of them, with positions", () => {
  const result = formatPolicies(
    "permit(principal, action);\nforbid(principal, action, resource) when { = };",
    "a.cedar",
  );
  assert.ok(!result.ok);
  assert.deepEqual(
    result.diagnostics.map(({ file, range }) => [file, range?.start.line]),
    [
      ["a.cedar", 1],
      ["a.cedar", 2],
    ],
  );
});
