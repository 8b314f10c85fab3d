import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectWith, shop } from "../testing-internal/shop.js";
import { suiteOf } from "../testing-internal/suite.js";
import { filterSuite, jsonReport, loadSuite, runSuite, updateSnapshots } from "./index.js";
import type { RunResult } from "./types.js";

const run = async (tests: string, files?: Record<string, string>) => runSuite(await suiteOf(tests, files));

/** What each failed case says, as `what: expected / actual`. */
function failures({ files }: RunResult): string[] {
  return files.flatMap(({ cases }) =>
    cases.flatMap(({ differences }) =>
      differences.map(({ what, expected, actual }) => `${what}: ${expected} / ${actual}`),
    ),
  );
}

const one = (rest: string) =>
  `cases:\n  - { principal: User::ann, action: read, resource: Document::plan, ${rest} }\n`;

/** One case, and what is said of it; nothing where it passes. */
const CASES: [name: string, tests: string, said: string[]][] = [
  ["a decision as expected", one("expect: allow"), []],
  ["another decision", one("expect: deny"), ["decision: deny / allow"]],
  ["uids as Cedar writes them", one("expect: allow").replace("User::ann", "'User::\"ann\"'"), []],
  ["the action as a uid", one("expect: allow").replace("action: read", "action: Action::read"), []],
  ["the policies that decide", one("expect: { decision: allow, policies: [team-reads] }"), []],
  [
    "other policies than decide",
    one("expect: { decision: allow, policies: [owner-shares] }"),
    ["policies: owner-shares / team-reads"],
  ],
  ["the reason", one("expect: { decision: allow, reason: no_permit }"), ["reason: no_permit / permitted"]],
  ["obligations", one("expect: { decision: allow, obligations: [] }"), ["obligations:  / watermark"]],
  [
    "a slip in the context, which would test nothing",
    one("context: { contry: DE }, expect: allow"),
    ["ignored:  / /context/contry"],
  ],
  [
    "such a slip on purpose",
    one("context: { contry: DE }, expect: { decision: allow, ignored: [/context/contry] }"),
    [],
  ],
  [
    "a malformed request",
    one("context: { country: 3 }, expect: allow"),
    [
      "error: allow / value_type: type mismatch: value was expected to have type string, but it actually has type long: `3`",
    ],
  ],
  ["a malformed request on purpose", one("context: { country: 3 }, expect: { error: value_type }"), []],
  [
    "well-formed, but not expected to be",
    one("expect: { error: value_type }"),
    ["error: value_type / allow"],
  ],
  [
    "an action that doesn't apply",
    one("expect: { decision: deny, reason: action_not_applicable }").replace("action: read", "action: void"),
    [],
  ],
  ["an attribute", one("entities: { Document::plan: { attributes: { secret: true } } }, expect: deny"), []],
  ["parents", one("entities: { User::ann: { parents: [] } }, expect: deny"), []],
  [
    "an attribute that is an entity, by its name",
    one("entities: { Document::plan: { attributes: { owner: User::bob } } }, expect: deny").replace(
      "read",
      "share",
    ),
    [],
  ],
  [
    "an entity that the project hasn't",
    one(
      "entities: { User::zoe: { attributes: { level: 9 }, parents: [Team::sales] } }, expect: allow",
    ).replace("User::ann", "User::zoe"),
    [],
  ],
  [
    "a group that the test moves, with all below it",
    one(
      "entities: { Team::sales: { parents: [] }, Team::none: {}, User::ann: { parents: [Team::none] } }, expect: deny",
    ),
    [],
  ],
  [
    "without the project's entities",
    `projectEntities: false\n${one("expect: { decision: deny, reason: forbid_errored, errors: [secret-stays-home] }")}`,
    [],
  ],
  [
    "the caller's own properties, over those of the test",
    one(
      "entities: { User::ann: { attributes: { level: 1 } } }, expect: { decision: allow, policies: [owner-shares] }, now: 2026-01-01T09:00:00Z",
    )
      .replace("principal: User::ann", "principal: { type: User, id: ann, properties: { level: 2 } }")
      .replace("action: read", "action: share"),
    [],
  ],
  ["the time", one("now: 2026-01-01T07:59:59Z, expect: deny").replace("read", "share"), []],
  ["noon, where no time is given", one("expect: allow").replace("read", "share"), []],
  [
    "defaults, and `null` to take one away",
    `defaults: { action: read, resource: Document::budget, context: { country: DE } }
cases:
  - { principal: User::ann, expect: allow }
  - { principal: User::ann, context: { country: ~ }, expect: { decision: deny, policies: [secret-stays-home] } }
  - { principal: User::bob, expect: deny }
`,
    [],
  ],
  [
    "a table",
    `tables:
  - name: shares
    action: share
    entities: { User::bob: { attributes: { boss: User::ann } } }
    columns: [principal, principal.level, resource, resource.secret, context.country, now, expect, policies]
    rows:
      - [User::ann, ~, Document::plan, ~, ~, ~, allow, owner-shares]
      - [User::ann, 1, Document::plan, ~, ~, ~, deny, []]
      - [User::ann, ~, Document::plan, true, ~, ~, deny, secret-stays-home]
      - [User::ann, ~, Document::plan, true, DE, ~, allow, owner-shares]
      - [User::ann, ~, Document::plan, true, FR, 2026-01-01T03:00:00Z, deny, [secret-stays-home, no-nights]]
      - [User::bob, 9, Document::plan, ~, ~, ~, deny, []]
`,
    [],
  ],
];

for (const [name, tests, said] of CASES) {
  test(`${name}: ${said.length === 0 ? "passes" : "is told"}`, async () => {
    assert.deepEqual(failures(await run(tests)), said);
  });
}

test("a policy that can't be evaluated fails a test that doesn't expect it", async () => {
  const files = {
    "schema.cedarschema": "",
    "policies/documents.cedar": '@id("broken") permit (principal, action, resource) when { context.x.y };',
  };
  const bare = { ...files, "entities/people.json": "[]" };
  const { "schema.cedarschema": _schema, ...rest } = { ...shop, ...bare };
  const load = async (expect: string) => {
    const loaded = await loadSuite(projectWith({ ...rest, "tests/t.yaml": one(`expect: ${expect}`) }));
    assert.ok(loaded.ok);
    return failures(runSuite(loaded.suite));
  };
  assert.deepEqual(await load("deny"), ["errors:  / broken"]);
  assert.deepEqual(await load("{ decision: deny, errors: [broken] }"), []);
});

test("what one case says of entities another doesn't see", async () => {
  const tests = `cases:
  - { principal: User::ann, action: read, resource: Document::plan, entities: { User::ann: { parents: [] } }, expect: deny }
  - { principal: User::ann, action: read, resource: Document::plan, expect: allow }
`;
  assert.deepEqual(failures(await run(tests)), []);
});

test("integers beyond 2^53 keep their digits", async () => {
  const tests = one("entities: { User::ann: { attributes: { level: 9007199254740993 } } }, expect: allow");
  const suite = await suiteOf(tests, {
    "policies/documents.cedar":
      "permit (principal is User, action, resource) when { principal.level == 9007199254740993 };",
  });
  assert.deepEqual(failures(runSuite(suite)), []);
});

test("a filter looks at file and name", async () => {
  const suite = await suiteOf(`cases:
  - { name: Ann reads, principal: User::ann, action: read, resource: Document::plan, expect: allow }
  - { name: Bob reads, principal: User::bob, action: read, resource: Document::plan, expect: deny }
`);
  const names = (filter: string) =>
    filterSuite(suite, filter).files.flatMap(({ cases }) => cases.map(({ name }) => name));
  assert.deepEqual(names("ann"), ["Ann reads"]);
  assert.deepEqual(names("t.yaml"), ["Ann reads", "Bob reads"]);
  assert.deepEqual(names("nobody"), []);
});

const MATRIX = `matrices:
  - name: Who may?
    principals: [User::ann, User::bob]
    actions: [read, share, void]
    resources: [Document::plan, Document::budget]
    context: { country: FR }
`;

const GRID = `# Who may?
# Written by \`cordon test --update\` from tests/t.yaml; review it as you review a policy.
# ✓ allowed   · not permitted   ✗ forbidden   – does not apply   ! no answer

Document::"plan"
               read  share  void
  User::"ann"  ✓     ✓      –
  User::"bob"  ·     ·      –

Document::"budget"
               read  share  void
  User::"ann"  ✗     ✗      –
  User::"bob"  ✗     ✗      –
`;

test("a matrix is kept, compared, and kept anew", async () => {
  const folder = projectWith({ ...shop, "tests/t.yaml": MATRIX });
  const again = async () => {
    const loaded = await loadSuite(folder);
    assert.ok(loaded.ok);
    return runSuite(loaded.suite);
  };
  const outcome = ({ files }: RunResult) => files[0]?.matrices[0]?.outcome;
  const first = await again();
  assert.equal(outcome(first), "missing");
  assert.equal(first.failed, 1);
  assert.deepEqual(await updateSnapshots(folder, first), ["tests/snapshots/t.who-may.txt"]);
  assert.equal(readFileSync(join(folder, "tests/snapshots/t.who-may.txt"), "utf8"), GRID);
  const second = await again();
  assert.equal(outcome(second), "same");
  assert.equal(second.failed, 0);
  assert.deepEqual(await updateSnapshots(folder, second), []);
});

/** A reviewed grid, and the changes against it. */
const REVIEWED: [name: string, text: string, outcome: string, changes: string[]][] = [
  ["the same with other line ends", GRID.replaceAll("\n", "\r\n"), "same", []],
  [
    "two cells differ",
    GRID.replace("·     ·", "✓     ·").replace("✓     ✓", "✓     ✗"),
    "differs",
    ['User::"ann" share Document::"plan" forbid→allow', 'User::"bob" read Document::"plan" allow→deny'],
  ],
  [
    "a principal is new",
    GRID.replaceAll(/ {2}User::"bob".*\n/g, ""),
    "differs",
    ["read", "share", "void"]
      .flatMap((a) => [
        `User::"bob" ${a} Document::"plan" undefined→${a === "void" ? "inapplicable" : "deny"}`,
      ])
      .concat(
        ["read", "share", "void"].map(
          (a) => `User::"bob" ${a} Document::"budget" undefined→${a === "void" ? "inapplicable" : "forbid"}`,
        ),
      ),
  ],
  [
    "a resource is gone",
    `${GRID}\nDocument::"old"\n               read\n  User::"ann"  ✓\n`,
    "differs",
    ['User::"ann" read Document::"old" allow→undefined'],
  ],
  ["no grid at all", "hello\n  there\n  ? ?\n", "unreadable", []],
];

for (const [name, text, outcome, changes] of REVIEWED) {
  test(`a reviewed grid: ${name}`, async () => {
    const result = (await run(MATRIX, { "tests/snapshots/t.who-may.txt": text })).files[0]?.matrices[0];
    assert.equal(result?.outcome, outcome);
    assert.deepEqual(
      result?.changes.map(
        ({ principal, action, resource, before, after }) =>
          `${principal} ${action} ${resource} ${before}→${after}`,
      ),
      changes,
    );
  });
}

test("a matrix without a snapshot is only drawn", async () => {
  const result = await run(`${MATRIX}    snapshot: false\n`);
  assert.equal(result.failed, 0);
  assert.equal(result.files[0]?.matrices[0]?.outcome, "drawn");
});

test("names with spaces survive a snapshot", async () => {
  const tests = MATRIX.replace("[User::ann, User::bob]", "[User::a  b, 'User::\"c   \\u{41}\"']");
  const folder = projectWith({ ...shop, "tests/t.yaml": tests });
  for (const outcome of ["missing", "same"]) {
    const loaded = await loadSuite(folder);
    assert.ok(loaded.ok);
    const result = runSuite(loaded.suite);
    assert.equal(result.files[0]?.matrices[0]?.outcome, outcome);
    await updateSnapshots(folder, result);
  }
});

test("thousands of cases a second", async () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => `      - [User::u${i}, ${i}, deny]`);
  const suite = await suiteOf(
    `tables:\n  - action: read\n    resource: Document::plan\n    columns: [principal, principal.level, expect]\n    rows:\n${rows.join("\n")}\n`,
  );
  const result = runSuite(suite);
  assert.equal(result.passed, 5_000);
  assert.ok(result.durationMs < 2_500, `${result.durationMs} ms for 5,000 cases`);
});

test("a run as JSON says everything", async () => {
  const report = jsonReport(await run(`${one("expect: deny")}${MATRIX}`)) as {
    summary: object;
    files: { cases: Record<string, unknown>[]; matrices: { outcome: string; cells: object[] }[] }[];
  };
  const [file] = report.files;
  assert.deepEqual(
    { ...report.summary, durationMs: 0 },
    { passed: 0, failed: 2, questions: 13, durationMs: 0 },
  );
  const { explanation, ...first } = file?.cases[0] ?? {};
  assert.ok(explanation);
  assert.deepEqual(first, {
    name: 'User::"ann" read Document::"plan"',
    line: 2,
    column: 5,
    passed: false,
    request: { principal: 'User::"ann"', action: "read", resource: 'Document::"plan"', context: {} },
    now: "2026-01-01T12:00:00.000Z",
    decision: "allow",
    reason: "permitted",
    policies: ["team-reads"],
    obligations: ["watermark"],
    errors: [],
    differences: [{ what: "decision", expected: "deny", actual: "allow" }],
  });
  assert.equal(file?.matrices[0]?.outcome, "missing");
  assert.equal(file?.matrices[0]?.cells.length, 12);
});
