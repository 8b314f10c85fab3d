import assert from "node:assert/strict";
import { test } from "node:test";
import { renderDiagnostic } from "@cordon/cedar";
import { projectWith, shop } from "../testing-internal/shop.js";
import { loadSuite } from "./index.js";

async function refusal(tests: string): Promise<string> {
  const loaded = await loadSuite(projectWith({ ...shop, "tests/t.yaml": tests }));
  assert.ok(!loaded.ok, "the tests were read");
  return loaded.diagnostics.map((found) => renderDiagnostic(found, loaded.texts.get(found.file))).join("\n");
}

const CASE = "cases:\n  - { principal: User::ann, action: read, resource: Document::plan, expect: allow }\n";

/** A file, and all that is said of it. */
const REFUSED: [name: string, tests: string, said: string][] = [
  [
    "an unknown key",
    CASE.replace("expect", "expct"),
    `error[tests_invalid]: \`cases[0].expect\` is missing
 --> tests/t.yaml:2:5
  |
2 |   - { principal: User::ann, action: read, resource: Document::plan, expct: allow }
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: \`cases[0]\` can have \`name\`, \`principal\`, \`action\`, \`resource\`, \`context\`, \`now\`, \`entities\`, \`expect\`
error[tests_unknown_key]: unknown entry \`cases[0].expct\`
 --> tests/t.yaml:2:69
  |
2 |   - { principal: User::ann, action: read, resource: Document::plan, expct: allow }
  |                                                                     ^^^^^
  = help: did you mean \`expect\`?`,
  ],
  [
    "an answer that is none",
    CASE.replace("allow", "yes"),
    `error[tests_invalid]: \`cases[0].expect\` must be \`allow\` or \`deny\` or a mapping
 --> tests/t.yaml:2:77
  |
2 |   - { principal: User::ann, action: read, resource: Document::plan, expect: yes }
  |                                                                             ^^^
  = help: \`cases[0]\` can have \`name\`, \`principal\`, \`action\`, \`resource\`, \`context\`, \`now\`, \`entities\`, \`expect\``,
  ],
  [
    "a slip inside an expectation",
    CASE.replace("allow", "{ decision: deny, polices: [no-nights] }"),
    `error[tests_unknown_key]: unknown entry \`cases[0].expect.polices\`
 --> tests/t.yaml:2:95
  |
2 |   - { principal: User::ann, action: read, resource: Document::plan, expect: { decision: deny, polices: [no-nights] } }
  |                                                                                               ^^^^^^^
  = help: did you mean \`policies\`?`,
  ],
  [
    "a policy that isn't there",
    CASE.replace("allow", "{ decision: deny, policies: [no-night] }"),
    `error[tests_unknown_policy]: \`cases[0].expect.policies[0]\` names a policy that the project hasn't: \`no-night\`
 --> tests/t.yaml:2:106
  |
2 |   - { principal: User::ann, action: read, resource: Document::plan, expect: { decision: deny, policies: [no-night] } }
  |                                                                                                          ^^^^^^^^
  = help: did you mean \`no-nights\`?`,
  ],
  [
    "what is no entity",
    CASE.replace("User::ann", "ann"),
    `error[entity_uid_syntax]: \`cases[0].principal\`: \`ann\` is not an entity uid
 --> tests/t.yaml:2:18
  |
2 |   - { principal: ann, action: read, resource: Document::plan, expect: allow }
  |                  ^^^
  = help: an entity uid is a type and a quoted id, such as \`User::"ann"\``,
  ],
  [
    "a case without a principal",
    CASE.replace("principal: User::ann, ", ""),
    `error[tests_incomplete]: \`cases[0]\` has no \`principal\`
 --> tests/t.yaml:2:5
  |
2 |   - { action: read, resource: Document::plan, expect: allow }
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: give it here, or for every case under \`defaults\``,
  ],
  [
    "an attribute of another type",
    `defaults:\n  entities:\n    User::ann:\n      attributes: { level: high }\n${CASE}`,
    `error[value_type]: \`defaults.entities.User::ann.attributes.level\`: type mismatch: value was expected to have type long, but it actually has type string: \`"high"\`
 --> tests/t.yaml:4:28
  |
4 |       attributes: { level: high }
  |                            ^^^^
  = help: an entity is written \`User::ann\`; its attributes are as the schema says`,
  ],
  [
    "an entity that is not whole",
    `defaults:\n  entities:\n    User::zoe: {}\n${CASE}`,
    `error[entity_invalid]: \`defaults.entities.User::zoe\`: expected entity \`User::"zoe"\` to have attribute \`level\`, but it does not
 --> tests/t.yaml:3:5
  |
3 |     User::zoe: {}
  |     ^^^^^^^^^
  = help: an entity is written \`User::ann\`; its attributes are as the schema says`,
  ],
  [
    "a row of another length",
    "tables:\n  - columns: [principal, action, resource, expect]\n    rows:\n      - [User::ann, read, allow]\n",
    `error[tests_row_length]: \`tables[0].rows[0]\` has 3 cells for 4 columns
 --> tests/t.yaml:4:9
  |
4 |       - [User::ann, read, allow]
  |         ^^^^^^^^^^^^^^^^^^^^^^^^
  = help: write \`~\` for a cell that says nothing`,
  ],
  [
    "a column that is none",
    "tables:\n  - columns: [principal, action, resorce, expect]\n    rows: []\n",
    `error[tests_unknown_column]: \`tables[0].columns[2]\` is no column: \`resorce\`
 --> tests/t.yaml:2:34
  |
2 |   - columns: [principal, action, resorce, expect]
  |                                  ^^^^^^^
  = help: did you mean \`resource\`?`,
  ],
  [
    "a cell that is no answer",
    "tables:\n  - columns: [principal, action, resource, expect]\n    rows:\n      - [User::ann, read, Document::plan, maybe]\n",
    `error[tests_invalid]: \`tables[0].rows[0][3]\` must be \`allow\` or \`deny\`
 --> tests/t.yaml:4:43
  |
4 |       - [User::ann, read, Document::plan, maybe]
  |                                           ^^^^^
  = help: the first row of a table that works is a good pattern`,
  ],
  [
    "a time that is none",
    `defaults:\n  now: yesterday\n${CASE}`,
    `error[tests_invalid]: \`defaults.now\` must be a time such as 2026-11-24T12:00:00Z
 --> tests/t.yaml:2:8
  |
2 |   now: yesterday
  |        ^^^^^^^^^
  = help: \`defaults\` can have \`principal\`, \`action\`, \`resource\`, \`context\`, \`now\`, \`entities\``,
  ],
  [
    "a file without tests",
    "description: soon\n",
    `error[tests_empty]: there is no test in this file
 --> tests/t.yaml:1:1
  |
1 | description: soon
  | ^^^^^^^^^^^^^^^^^
  = help: write \`cases\`, \`tables\` or \`matrices\``,
  ],
];

for (const [name, tests, said] of REFUSED) {
  test(`${name} is shown at its place`, async () => {
    assert.equal(await refusal(tests), said);
  });
}
