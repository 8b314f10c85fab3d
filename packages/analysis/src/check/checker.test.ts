import assert from "node:assert/strict";
import { test } from "node:test";
import { type Checker, createChecker } from "./index.js";

const FILES: Record<string, string> = {
  "schema.cedarschema":
    "entity User = { level: Long }; entity Doc; action read, edit appliesTo { principal: [User], resource: [Doc] };",
  "policies/a.cedar":
    '@id("seniors") @reason("r") permit (principal, action, resource) when { principal.level > 5 };',
  "policies/b.cedar":
    '@id("robots") @reason("r") forbid (principal, action == Action::"edit", resource) when { principal.level < 0 };',
  "entities/users.json":
    '[{ "uid": { "type": "User", "id": "ann" }, "attrs": { "level": 1 }, "parents": [] }]',
};

function shown(checker: Checker): string[] {
  const all = [...checker.diagnostics()].flatMap(([file, found]) =>
    found.map(({ code, range }) => `${file}:${range?.start.line ?? 0} ${code}`),
  );
  return all.filter((line) => !line.endsWith("unused_attribute")).sort();
}

/** One edit after the other, and what is found after each; null takes a file away. */
const EDITS: [path: string, text: string | null, found: string[]][] = [
  ["policies/b.cedar", '@id("robots") permit (principal, action', ["policies/b.cedar:1 policy_syntax"]],
  [
    "policies/b.cedar",
    '@id("seniors") @reason("r") permit (principal, action == Action::"edit", resource) when { principal.level > 7 };',
    ["policies/b.cedar:1 policy_id_duplicate"],
  ],
  [
    "policies/b.cedar",
    '@id("elders") @reason("r") permit (principal, action == Action::"edit", resource) when { principal.level > 7 };',
    ["policies/b.cedar:1 shadowed_policy"],
  ],
  [
    "policies/a.cedar",
    '@id("seniors") @reason("r") permit (principal, action, resource) when { principal.level > 9 };',
    [],
  ],
  [
    "entities/users.json",
    '[{ "uid": { "type": "User", "id": "ann" } }]',
    ["entities/users.json:1 entity_invalid"],
  ],
  ["entities/users.json", null, []],
  ["cordon.yaml", "check: { lints: { missing_reasn: off } }\n", ["cordon.yaml:1 settings_unknown_lint"]],
  ["cordon.yaml", "check: { lints: { missing_reason: error } }\n", []],
  ["schema.cedarschema", "entity User; entity Doc; action read", ["schema.cedarschema:1 schema_syntax"]],
  ["schema.cedarschema", FILES["schema.cedarschema"] ?? "", []],
  [
    "policies/c.cedar",
    '@id("c") permit (principal, action, resource) when { principal.level > 100 };',
    ["policies/c.cedar:1 missing_reason", "policies/c.cedar:1 shadowed_policy"],
  ],
  ["policies/c.cedar", null, []],
  ["README.md", "Nothing of ours.", []],
];

test("after each edit a checker says what a new one says of the same files", () => {
  const checker = createChecker(Object.entries(FILES));
  assert.deepEqual(shown(checker), []);
  for (const [path, text, expected] of EDITS) {
    const found = checker.update(path, text);
    assert.equal(found, checker.diagnostics());
    assert.deepEqual(shown(checker), expected, `${path}: ${text}`);
    assert.deepEqual(shown(createChecker(checker.texts())), expected, `${path}, anew`);
  }
});
