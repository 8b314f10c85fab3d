import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon, start } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const TESTS = `cases:
  - { name: Ann reads, principal: User::ann, action: "document:read", resource: Document::plan, expect: allow }
  - { name: "Bob doesn't", principal: User::bob, action: "document:read", resource: Document::plan, expect: deny }
`;

const tested = (tests = TESTS) => projectWith({ ...shop, "tests/documents.yaml": tests });

test("tests that pass", async () => {
  const { code, stdout, stderr } = await cordon(["test", "--project", tested()]);
  assert.equal(stderr, "");
  assert.match(stdout, /^✓ tests\/documents\.yaml {2}2 cases\n\n2 passed {2}2 questions in \d+ ms\n$/);
  assert.equal(code, 0);
});

test("a test that fails exits with 1 and says why", async () => {
  const { code, stdout } = await cordon([
    "test",
    "--project",
    tested(TESTS.replace("expect: deny", "expect: allow")),
  ]);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /✗ Bob doesn't {2}tests\/documents\.yaml:3:5\n.*\n {4}decision {4}expected allow\n {16}answered deny/,
  );
  assert.match(stdout, /team-reads {2}does not permit/);
});

test("broken tests are shown at their place, and exit with 2", async () => {
  const { code, stdout, stderr } = await cordon([
    "test",
    "--project",
    tested(TESTS.replace("expect: deny", "expect: no")),
  ]);
  assert.equal(stdout, "");
  assert.match(stderr, /tests\/documents\.yaml:3:\d+/);
  assert.match(stderr, /\^\^\n/);
  assert.equal(code, 2);
});

/** Options that can't be meant, and what is said. */
const USAGE: [args: string[], said: RegExp][] = [
  [
    ["--min-score", "90"],
    /invalid score `90` for `--min-score`\n {2}help: give a percentage from 0 to 100, together with `--mutate`/,
  ],
  [["--min-score", "many", "--mutate"], /invalid score `many`/],
  [["--watch", "--json"], /`--json` can't be used with `--watch`/],
  [["--filter", "nobody"], /no test has `nobody` in its file or name/],
];

for (const [args, said] of USAGE) {
  test(`usage: ${args.join(" ")}`, async () => {
    const { code, stderr } = await cordon(["test", "--project", tested(), ...args]);
    assert.match(stderr, said);
    assert.equal(code, 2);
  });
}

test("a project without tests is told how to write the first", async () => {
  const { code, stderr } = await cordon(["test", "--project", projectWith(shop)]);
  assert.match(stderr, /the project has no tests\n {2}help: write the first one in `tests\/first\.yaml`/);
  assert.equal(code, 2);
});

test("all reports of one run", async () => {
  const folder = tested();
  const args = [
    "--junit",
    "out/test.xml",
    "--lcov",
    "out/policies.lcov",
    "--html",
    "out/html",
    "--coverage",
    "--mutate",
  ];
  const { code, stdout } = await cordon(["test", ...args], { cwd: folder });
  assert.equal(code, 0);
  assert.match(stdout, /\nCoverage {18}policies {10}conditions\n/);
  assert.match(stdout, /\nMutation {2}[\d.]+% {2}\d+ changes tried, \d+ noticed, \d+ not noticed\n/);
  for (const path of ["test.xml", "policies.lcov", "html/index.html", "html/policies-documents.cedar.html"]) {
    assert.ok(existsSync(join(folder, "out", path)), path);
  }
  assert.match(
    readFileSync(join(folder, "out/policies.lcov"), "utf8"),
    /^TN:cordon\nSF:policies\/documents\.cedar\n/,
  );
});

test("a score that is too low fails", async () => {
  const { code } = await cordon(["test", "--project", tested(), "--mutate", "--min-score", "95%"]);
  assert.equal(code, 1);
});

test("--json prints one object with all that was asked for", async () => {
  const { code, stdout } = await cordon(["test", "--project", tested(), "--json", "--coverage", "--mutate"]);
  assert.equal(code, 0);
  const report = JSON.parse(stdout);
  assert.equal(report.summary.passed, 2);
  assert.equal(report.files[0].cases[0].name, "Ann reads");
  assert.equal(report.coverage.files[0].policies.length, 4);
  assert.ok(report.mutation.survivors.length > 0);
});

test("--update writes grids, and says so", async () => {
  const folder = tested(`matrices:
  - { name: who, principals: [User::ann], actions: ["document:read"], resources: [Document::plan] }
`);
  assert.equal((await cordon(["test", "--project", folder])).code, 1);
  const updated = await cordon(["test", "--project", folder, "--update"]);
  assert.deepEqual([updated.code, updated.stdout], [0, "wrote tests/snapshots/documents.who.txt\n"]);
  assert.equal((await cordon(["test", "--project", folder])).code, 0);
});

test("--watch runs again when a file changes, and ends in peace", { timeout: 20_000 }, async () => {
  const folder = tested();
  const child = start(["test", "--project", folder, "--watch"], {});
  let told = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  const until = async (wanted: RegExp) => {
    while (!wanted.test(told)) await new Promise((wake) => setTimeout(wake, 20));
  };
  await until(/2 passed[\s\S]*waiting for changes/);
  told = "";
  writeFileSync(join(folder, "policies/documents.cedar"), "forbid (principal, action, resource)");
  await until(/waiting for changes/);
  writeFileSync(join(folder, "policies/documents.cedar"), "forbid (principal, action, resource);");
  await until(/1 failed, 1 passed/);
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGINT");
  assert.equal(await ended, 0);
});
