import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon, type Outcome } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

test("a valid project is counted", async () => {
  const { code, stdout, stderr } = await cordon(["check", "--project", projectWith(shop)]);
  assert.equal(stderr, "");
  assert.equal(stdout, "4 policies, 1 schema, 5 entities, no problems\n");
  assert.equal(code, 0);
});

test("the nearest project upward is meant", async () => {
  const folder = projectWith(shop);
  const deep = join(folder, "policies", "more");
  mkdirSync(deep);
  const { stdout } = await cordon(["check"], { cwd: deep });
  assert.equal(stdout, "4 policies, 1 schema, 5 entities, no problems\n");
});

test("a folder with just policies is a project", async () => {
  const folder = projectWith({
    "policies/all.cedar": '@id("all") permit (principal in Team::"a", action, resource);',
  });
  const { code, stdout } = await cordon(["check", "--project", folder]);
  assert.equal(code, 0);
  assert.equal(stdout, "1 policy, no schema, 0 entities, no problems\n");
});

/** What is wrong, where it must be said to be, and the very text that must be underlined. */
const broken: [name: string, files: Record<string, string>, place: string, underlined: string][] = [
  [
    "Cedar",
    { "policies/documents.cedar": "permit (principal, action, resource)\nwhen { principle.level > 3 };\n" },
    "policies/documents.cedar:2:8",
    "principle.level",
  ],
  [
    "Cedar, against the schema",
    { "policies/documents.cedar": "permit (principal, action, resource)\nwhen { resource.colour == 3 };\n" },
    "policies/documents.cedar:2:8",
    "resource.colour",
  ],
  ["YAML", { "cordon.yaml": "version: 1\nlog:\n  mode: sometimes\n" }, "cordon.yaml:3:9", "sometimes"],
  ["YAML syntax", { "cordon.yaml": "version: 1\nlog: [durable\nstore: {}\n" }, "cordon.yaml:", ""],
  ["YAML key", { "cordon.yaml": "version: 1\nstoer:\n  path: x.db\n" }, "cordon.yaml:2:1", "stoer"],
  [
    "JSON",
    { "entities/people.json": '[\n  { "uid": { "type": "Team" "id": "x" } }\n]\n' },
    "entities/people.json:2:",
    "",
  ],
  [
    "JSON, against the schema",
    {
      "entities/people.json":
        '[\n  { "uid": { "type": "User", "id": "x" }, "attrs": { "level": "high" }, "parents": [] }\n]\n',
    },
    "entities/people.json:2:",
    '"high"',
  ],
  [
    "schema",
    { "schema.cedarschema": "entity User {\n  level: Lnog\n};\n" },
    "schema.cedarschema:2:10",
    "Lnog",
  ],
  [
    "schema syntax",
    { "schema.cedarschema": "entity User {\n  level Long\n};\n" },
    "schema.cedarschema:2:",
    "",
  ],
];

for (const [name, files, place, underlined] of broken) {
  test(`broken ${name} is underlined`, async () => {
    const folder = projectWith({ ...shop, ...files });
    const checked = await cordon(["check", "--project", folder]);
    assertUnderlined(checked.stdout, place, underlined);
    assert.equal(checked.code, 2);
    assert.match(checked.stdout, /, \d+ errors?( and \d+ warnings?)?\n$/);
    assertNoStack(checked);
  });
}

test("serve and ask show what is broken as check does, and start nothing", async () => {
  const [, files, place, underlined] = broken[0] ?? assert.fail();
  const folder = projectWith({ ...shop, ...files });
  for (const command of [
    ["serve", "--port", "0"],
    ["ask", "User::ann", "document:read", "Document::plan"],
  ]) {
    const { code, stdout, stderr } = await cordon([...command, "--project", folder]);
    assertUnderlined(stderr, place, underlined);
    assert.equal(stdout, "");
    assert.equal(code, 2);
    assertNoStack({ code, stdout, stderr });
  }
});

function assertUnderlined(text: string, place: string, underlined: string): void {
  assert.ok(text.includes(place), `${place} is not in:\n${text}`);
  const lines = text.split("\n");
  const at = lines.findIndex((line) => /^[\s│|]*\^+[\s│|]*/.test(line));
  assert.ok(at > 0, `nothing is underlined in:\n${text}`);
  const marks = lines[at] ?? "";
  const marked = (lines[at - 1] ?? "").slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1);
  if (underlined !== "") assert.equal(marked, underlined);
  assert.match(text, /help: \S/);
}

function assertNoStack({ stdout, stderr }: Outcome): void {
  assert.doesNotMatch(stdout + stderr, /\n\s+at .*[(:]/);
}

test("--json prints everything in one object", async () => {
  const folder = projectWith({ ...shop, "policies/bad.cedar": "permit (principal, action);" });
  const { code, stdout } = await cordon(["check", "--project", folder, "--json"]);
  assert.equal(code, 2);
  const told = JSON.parse(stdout);
  assert.equal(told.valid, false);
  assert.equal(told.bundleId, null);
  assert.equal(told.diagnostics[0].file, "policies/bad.cedar");
  assert.equal(told.diagnostics[0].range.start.line, 1);
  const good = JSON.parse((await cordon(["check", "--project", projectWith(shop), "--json"])).stdout);
  assert.equal(good.valid, true);
  assert.match(good.bundleId, /^[0-9a-f]{64}$/);
  assert.equal(good.summary.policies, 4);
});

test("a folder that isn't there, or is a file, is said so", async () => {
  const folder = projectWith({ file: "" });
  writeFileSync(join(folder, "other"), "");
  const gone = await cordon(["check", "--project", "nowhere"], { cwd: folder });
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /^error: no project folder `nowhere`\n {2}help: a project is a folder with/);
  const file = await cordon(["check", "--project", "file"], { cwd: folder });
  assert.equal(file.code, 2);
  assert.match(file.stderr, /^error: `file` is a file, not a project folder\n/);
});
