import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compile, type Path } from "../index.js";
import { entities, policySet, request } from "../testing-internal/policies.js";
import { checkProperty } from "../testing-internal/property.js";

const PATHS: readonly Path[] = ["reference", "closures", "generated"];

test("all paths give the same answer: decision, policies, errors and their order", (t) => {
  const seen = { allow: 0, deny: 0, errors: 0, cases: 0 };
  checkProperty(
    t,
    fc.property(policySet, fc.array(request, { minLength: 1, maxLength: 4 }), (set, requests) => {
      const [reference, ...others] = PATHS.map((path) => compile(set, { path }));
      assert.ok(reference);
      for (const asked of requests) {
        const expected = reference.isAuthorized(asked, entities);
        seen[expected.decision]++;
        seen.cases++;
        if (expected.errors.length > 0) seen.errors++;
        for (const other of others) assert.deepEqual(other.isAuthorized(asked, entities), expected);
      }
      assert.deepEqual(
        [reference, ...others].map(({ path }) => path),
        PATHS,
      );
    }),
    1500,
  );
  t.diagnostic(JSON.stringify(seen));
  // Agreement on cases that are all alike would prove nothing.
  if (seen.cases < 1000) return;
  for (const part of ["allow", "deny", "errors"] as const) {
    assert.ok(seen[part] > seen.cases / 20, `${part}: ${seen[part]} of ${seen.cases}`);
  }
});
