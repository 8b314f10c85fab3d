import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorized } from "./authorize.js";
import { buildBundle } from "./bundle.js";
import type { AuthorizationCall } from "./call.js";
import { CedarError } from "./failures.js";
import { formatPolicies } from "./format.js";
import { parseSchema } from "./schema.js";
import { cedar } from "./wasm.js";

const TOO_DEEP = `permit(principal, action, resource) when { ${"(".repeat(500)}true${")".repeat(500)} };`;
const FINE = "permit(principal, action, resource);";

const call: AuthorizationCall = {
  principal: { type: "User", id: "ann" },
  action: { type: "Action", id: "view" },
  resource: { type: "Doc", id: "1" },
  context: {},
  entities: [],
  schema: "entity User, Doc; action view appliesTo { principal: User, resource: Doc };",
  policies: { staticPolicies: FINE },
};

function overflow(): void {
  assert.throws(
    () => cedar().policyToJson(TOO_DEEP),
    (error) => error instanceof CedarError && error.code === "front_end_overflow",
  );
}

test("64-bit integers cross the boundary both ways", () => {
  const text = "permit(principal, action, resource)\nwhen { 9223372036854775807 == -9223372036854775808 };";
  const answer = cedar().policyToJson(text);
  assert.ok(answer.type === "success");
  assert.deepEqual(answer.json.conditions[0]?.body, {
    "==": { left: { Value: 9223372036854775807n }, right: { Value: -9223372036854775808n } },
  });
  const back = cedar().policyToText(answer.json);
  assert.ok(back.type === "success" && /9223372036854775807 == \(?-9223372036854775808\b/.test(back.text));
});

test("input that overflows the front end harms no later call", () => {
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(isAuthorized(call).type, "success");
    overflow();
    // The schema and the empty policy set were preparsed in an instance that is gone.
    assert.deepEqual(isAuthorized({ ...call, context: {} }).type, "success");
    assert.deepEqual(isAuthorized({ ...call, principal: { type: "Doc", id: "1" } }).type, "failure");
  }
});

test("input that overflows the front end is a diagnostic of its own policy", () => {
  const result = buildBundle({
    policies: [{ path: "a.cedar", text: `${FINE}\n${TOO_DEEP}\nnonsense;` }],
    settings: {},
  });
  assert.ok(!result.ok);
  assert.deepEqual(
    result.diagnostics.map(({ code, range }) => [code, range?.start.line]),
    [
      ["too_deep", 2],
      ["policy_syntax", 3],
    ],
  );
});

test("so it is in formatting and in schemas", () => {
  const formatted = formatPolicies(TOO_DEEP);
  assert.ok(!formatted.ok && formatted.diagnostics[0]?.code === "too_deep");
  const schema = parseSchema(
    `entity User { a: ${"Set<".repeat(5000)}Long${">".repeat(5000)} };`,
    "s.cedarschema",
  );
  assert.ok(!schema.ok && schema.diagnostics[0]?.code === "too_deep");
});
