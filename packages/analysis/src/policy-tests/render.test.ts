import assert from "node:assert/strict";
import { test } from "node:test";
import { suiteOf } from "../testing-internal/suite.js";
import { junitReport, type RunResult, renderRun, runSuite } from "./index.js";

const TESTS = `cases:
  - name: Ann shares her plan
    principal: User::ann
    action: share
    resource: Document::plan
    now: 2026-01-01T07:00:00Z
    expect: { decision: allow, policies: [owner-shares] }
  - name: Bob shares nothing
    principal: User::bob
    action: share
    resource: Document::plan
    expect: deny
matrices:
  - name: readers
    principals: [User::ann, User::bob]
    actions: [read]
    resources: [Document::plan]
`;

const SNAPSHOT = `# readers

Document::"plan"
               read
  User::"ann"  ✓
  User::"bob"  ✓
`;

const untimed = (result: RunResult): RunResult => ({
  ...result,
  durationMs: 12,
  files: result.files.map((file) => ({ ...file, durationMs: 12 })),
});

const failing = async () =>
  untimed(runSuite(await suiteOf(TESTS, { "tests/snapshots/t.readers.txt": SNAPSHOT })));

const SHOWN = `✗ tests/t.yaml  2 cases, 1 matrix, 2 failed

✗ Ann shares her plan  tests/t.yaml:2:5
    User::"ann" share Document::"plan"
    decision    expected allow
                answered deny
    policies    - owner-shares  expected, not there
                + no-nights  there, not expected

    DENY  1 policy forbids the request

    no-nights  forbids  policies/documents.cedar:17:1
      ✓ action == Action::"share"
      ✓ when context.now.toTime() < duration("8h")  policies/documents.cedar:19:8
          context.now.toTime() is duration("7h")

    owner-shares  permits  policies/documents.cedar:6:1
      “who owns a document shares it”
      ✓ action == Action::"share"
      ✓ when  policies/documents.cedar:9:8
        ✓ resource.owner == principal
            resource.owner is User::"ann"
            principal is User::"ann"
        ✓ principal.level >= 2
            principal.level is 2

✗ readers  tests/t.yaml:14:11
    1 cell differs from tests/snapshots/t.readers.txt

    Document::"plan"
                   read
      User::"ann"  ✓
      User::"bob"  ✓→·

    - User::"bob" read Document::"plan"  ✓ → ·  no policy permits this

    help: \`cordon test --update\` keeps the new grid, once it is as it should be

✓ allowed   · not permitted   ✗ forbidden   – does not apply   ! no answer

2 failed, 1 passed  4 questions in 12 ms`;

test("failures are shown with what explains them", async () => {
  assert.equal(renderRun(await failing()), SHOWN);
});

test("in colour it is the same text", async () => {
  const colored = renderRun(await failing(), { color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for are control characters
  assert.equal(colored.replaceAll(/\u001b\[\d+m/g, ""), SHOWN);
  for (const part of [
    "\u001b[31m✗\u001b[0m \u001b[1mAnn shares her plan\u001b[0m",
    "\u001b[32mexpected allow\u001b[0m",
    "\u001b[31manswered deny\u001b[0m",
    "\u001b[1m\u001b[2m✓→·\u001b[0m\u001b[0m",
    "\u001b[31m2 failed\u001b[0m, \u001b[32m1 passed\u001b[0m",
  ]) {
    assert.ok(colored.includes(part), `${JSON.stringify(part)} in ${JSON.stringify(colored)}`);
  }
});

test("where nothing decided, what came near is shown", async () => {
  const suite = await suiteOf(`cases:
  - { principal: User::bob, action: share, resource: Document::plan, expect: allow }
`);
  const text = renderRun(untimed(runSuite(suite)));
  assert.match(
    text,
    /DENY {2}no policy permits the request\n\n {4}owner-shares {2}does not permit: 1 part fails/,
  );
  assert.match(text, /✗ resource\.owner == principal\n {12}resource\.owner is User::"ann"/);
});

test("control characters of names don't reach the terminal", async () => {
  const suite = await suiteOf(`cases:
  - { name: "a\\e[2Jb", principal: User::bob, action: share, resource: Document::plan, expect: allow }
`);
  assert.ok(renderRun(runSuite(suite)).includes("a\\u{1b}[2Jb"));
});

test("JUnit has a suite a file and a failure with all of its text", async () => {
  const suite = await suiteOf(`cases:
  - { name: 'a < b & "c"', principal: User::ann, action: read, resource: Document::plan, expect: allow }
  - { name: wrong, principal: User::ann, action: read, resource: Document::plan, expect: deny }
`);
  const report = junitReport(untimed(runSuite(suite)));
  assert.equal(
    report.replace(/>[^<]*<\/failure>/, ">…</failure>"),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cordon test" tests="2" failures="1" time="0.012">
  <testsuite name="tests/t.yaml" file="tests/t.yaml" tests="2" failures="1" time="0.012">
    <testcase classname="tests/t.yaml" name="a &lt; b &amp; &quot;c&quot;" file="tests/t.yaml" line="2"/>
    <testcase classname="tests/t.yaml" name="wrong" file="tests/t.yaml" line="3">
      <failure message="decision: expected deny, answered allow">…</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
  assert.match(report, /decision {4}expected deny\n {16}answered allow\n\n {4}ALLOW {2}1 policy permits/);
});
