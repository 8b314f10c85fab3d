import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const SCHEMA = shop["schema.cedarschema"] ?? "";

/** Three findings: one that `--fix` mends, one at level `info`, one that somebody has to think about. */
const doubtful = {
  "schema.cedarschema": SCHEMA,
  "policies/documents.cedar": `// Who reads.
permit (
  principal in Team::"sales",
  action == Action::"document:read",
  resource
)
when { resource.secret == false && resource.secret };
@id("owner-shares")
@reason("who owns a document may share it")
permit (principal, action == Action::"document:share", resource)
when { resource.owner == principal };
`,
};

const REPORT = [
  "warning[impossible_policy]: this permit never applies: its `when` is never true",
  " --> policies/documents.cedar:7:36",
  "  |",
  "7 | when { resource.secret == false && resource.secret };",
  "  |                                    ^^^^^^^^^^^^^^^",
  "  = help: `resource.secret == false` before it decides that",
  "  = docs: docs/lints.md#impossible_policy",
];

test("a finding is shown as a compiler shows it, in colour where asked for", async () => {
  const folder = projectWith(doubtful);
  const { code, stdout } = await cordon(["check", "--project", folder]);
  assert.equal(code, 0, "warnings alone don't fail");
  assert.ok(stdout.startsWith("warning[missing_id]") || stdout.includes(REPORT.join("\n")), stdout);
  assert.ok(stdout.includes(REPORT.join("\n")), stdout);
  assert.match(
    stdout,
    /2 policies, 1 schema, 0 entities, 3 warnings\n`cordon check --fix` mends one of them\n$/,
  );
  const coloured = await cordon(["check", "--project", folder, "--color"]);
  assert.ok(
    coloured.stdout.includes("\x1b[1;33mwarning[impossible_policy]\x1b[0m\x1b[1m: this permit"),
    coloured.stdout,
  );
  assert.ok(coloured.stdout.includes("\x1b[1;33m^^^^^^^^^^^^^^^\x1b[0m"));
  assert.ok(
    coloured.stdout.includes("\x1b[34m=\x1b[0m \x1b[36mdocs\x1b[0m: docs/lints.md#impossible_policy"),
  );
});

test("warnings fail where asked for, and infos are shown where asked for", async () => {
  const folder = projectWith(doubtful);
  for (const flag of ["--strict", "--deny-warnings"]) {
    assert.equal((await cordon(["check", "--project", folder, flag])).code, 1, flag);
  }
  const plain = await cordon(["check", "--project", folder]);
  assert.doesNotMatch(plain.stdout, /^info\[/m);
  const { stdout } = await cordon(["check", "--project", folder, "--info"]);
  assert.match(
    stdout,
    /^info\[missing_reason\]: this policy gives no `@reason`\n --> policies\/documents.cedar:2:1$/m,
  );
});

test("settings choose levels, and a lint that doesn't exist is an error in them", async () => {
  const settings = (lints: string) => ({ ...doubtful, "cordon.yaml": `check:\n  lints: { ${lints} }\n` });
  const off = projectWith(settings("impossible_policy: off, missing_id: off, unused_action: off"));
  assert.match((await cordon(["check", "--project", off])).stdout, /no problems\n$/);
  const raised = await cordon(["check", "--project", projectWith(settings("missing_id: error"))]);
  assert.match(raised.stdout, /^error\[missing_id\]/m);
  assert.equal(raised.code, 1);
  const unknown = await cordon(["check", "--project", projectWith(settings("misssing_id: off"))]);
  assert.equal(unknown.code, 2);
  assert.ok(
    unknown.stdout.startsWith(
      [
        "error[settings_unknown_lint]: there is no lint `misssing_id`",
        " --> cordon.yaml:2:12",
        "  |",
        "2 |   lints: { misssing_id: off }",
        "  |            ^^^^^^^^^^^",
        "  = help: did you mean `missing_id`?",
        "  = docs: docs/lints.md#settings",
      ].join("\n"),
    ),
    unknown.stdout,
  );
});

test("--fix shows and then makes its changes, and decides as before", async () => {
  const folder = projectWith(doubtful);
  const file = join(folder, "policies/documents.cedar");
  const before = readFileSync(file, "utf8");
  const dry = await cordon(["check", "--project", folder, "--fix", "--dry-run"]);
  assert.equal(readFileSync(file, "utf8"), before);
  const diff = ["policies/documents.cedar", "@@ line 2 @@", '+@id("documents#0")', " permit ("].join("\n");
  assert.ok(dry.stdout.includes(diff), dry.stdout);
  assert.match(dry.stdout, /would mend 1 finding in 1 file\n$/);
  const ids = async () =>
    JSON.parse((await cordon(["check", "--project", folder, "--json"])).stdout).summary.policies;
  const count = await ids();
  const { stdout } = await cordon(["check", "--project", folder, "--fix"]);
  assert.match(stdout, /mended 1 finding in 1 file\n$/);
  assert.doesNotMatch(stdout, /missing_id/);
  assert.equal(readFileSync(file, "utf8"), before.replace("permit (\n", '@id("documents#0")\npermit (\n'));
  assert.equal(await ids(), count);
  const alone = await cordon(["check", "--project", folder, "--dry-run"]);
  assert.equal(alone.code, 2);
  assert.match(alone.stderr, /`--dry-run` is of use with `--fix` only/);
});

test("duplicates go, with the empty lines after them", async () => {
  const rule = (id: string) =>
    `${id}permit (principal in Team::"sales", action == Action::"document:read", resource);\n`;
  const folder = projectWith({
    "schema.cedarschema": SCHEMA,
    "policies/a.cedar": `${rule('@id("readers")\n')}\n${rule("")}\n\n${rule('@id("sharers")\n').replace("read", "share")}`,
  });
  await cordon(["check", "--project", folder, "--fix"]);
  assert.equal(
    readFileSync(join(folder, "policies/a.cedar"), "utf8"),
    `${rule('@id("readers")\n')}\n${rule('@id("sharers")\n').replace("read", "share")}`,
  );
});

test("policy tests are run, and what they don't see is said", async () => {
  const tests = `cases:
  - name: owners share
    principal: User::ann
    action: document:share
    resource: Document::plan
    now: 2026-11-24T12:00:00Z
    expect: EXPECTED
`;
  const project = (expected: string) =>
    projectWith({ ...shop, "tests/sharing.yaml": tests.replace("EXPECTED", expected) });
  const passing = await cordon(["check", "--project", project("allow")]);
  assert.equal(passing.code, 0, passing.stdout);
  assert.match(
    passing.stdout,
    /^warning\[untested_policy\]: no test sees `team-reads` determine an answer$/m,
  );
  assert.doesNotMatch(passing.stdout, /no test sees `owner-shares`/);
  assert.match(passing.stdout, /, 1 test, 3 warnings\n$/);
  const failing = await cordon(["check", "--project", project("deny")]);
  assert.equal(failing.code, 1);
  assert.match(failing.stdout, /owners share/);
  assert.match(failing.stdout, /, 1 test, 1 error and 3 warnings\n$/);
  const annotated = await cordon(["check", "--project", project("deny"), "--format", "github"]);
  assert.match(
    annotated.stdout,
    /^::error file=.*tests\/sharing.yaml,line=2,.*title=test_failed::the test `owners share` fails: /m,
  );
  const without = await cordon(["check", "--project", project("deny"), "--no-tests"]);
  assert.equal(without.code, 0);
  assert.match(without.stdout, /no problems\n$/);
});

test("--format github annotates lines", async () => {
  const folder = projectWith(doubtful);
  const { stdout } = await cordon(["check", "--project", ".", "--format", "github"], { cwd: folder });
  const lines = stdout.trimEnd().split("\n");
  assert.ok(
    lines.includes(
      "::warning file=policies/documents.cedar,line=7,col=36,endLine=7,endColumn=51,title=impossible_policy::this permit never applies: its `when` is never true%0Ahelp: `resource.secret == false` before it decides that%0Adocs/lints.md#impossible_policy",
    ),
    stdout,
  );
});

test("--format sarif writes a log", async () => {
  const folder = projectWith(doubtful);
  const { code, stdout } = await cordon(["check", "--project", ".", "--format", "sarif"], { cwd: folder });
  assert.equal(code, 0);
  const { version, runs } = JSON.parse(stdout);
  assert.equal(version, "2.1.0");
  assert.deepEqual(
    runs[0].results.map(({ ruleId, level }: { ruleId: string; level: string }) => `${level} ${ruleId}`),
    [
      "warning missing_id",
      "warning impossible_policy",
      "warning unused_action",
      "note missing_reason",
      "note unused_attribute",
    ],
  );
});

test("an unknown format is said so", async () => {
  const { code, stderr } = await cordon(["check", "--project", projectWith(shop), "--format", "xml"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "error: unknown format `xml`\n  help: give one of `text`, `json`, `github`, `sarif`\n",
  );
});
