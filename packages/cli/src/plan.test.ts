import assert from "node:assert/strict";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const SOURCES = `sources:
  main:
    kind: sql
    url: postgres://app@localhost:1/shop
    types:
      Document:
        table: documents
        id: id
        attributes: { secret: secret }
`;

const plain = projectWith(shop);
const mapped = projectWith({ ...shop, "cordon.yaml": SOURCES });

test("the condition is said in words, and with --why each policy's part in it", async () => {
  const { code, stdout, stderr } = await cordon(["plan", "User::ann", "document:read", "Document", "--why"], {
    cwd: plain,
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^SOME {2}each Document for which\n {2}secret is false\n/);
  assert.match(stdout, / {2}permit team-reads always\n {4}everybody in the team reads its documents\n/);
  assert.match(stdout, / {2}forbid secret-stays-home when\n/);
  assert.doesNotMatch(stdout, /SQL/);
});

test("where a source maps the type to a table, the condition comes as SQL with its parameters", async () => {
  const asked = ["plan", "User::ann", "document:read", "Document"];
  const [text, json] = await Promise.all([
    cordon(asked, { cwd: mapped }),
    cordon([...asked, "--dialect", "sqlite", "--json"], { cwd: mapped }),
  ]);
  assert.match(
    text.stdout,
    / {2}SQL \(postgres, source main\)\n {4}"documents"\."secret" = \$1::boolean\n {2}parameters\n {4}1 {2}false\n/,
  );
  const { outcome, sql } = JSON.parse(json.stdout);
  assert.deepEqual(
    [outcome, sql],
    [
      "when",
      { source: "main", dialect: "sqlite", sql: '"documents"."secret" = 0', parameters: [], exact: true },
    ],
  );
});

test("none is told by the exit code", async () => {
  const { code, stdout } = await cordon(["plan", "User::bob", "document:read", "Document"], { cwd: plain });
  assert.equal(code, 1);
  assert.match(stdout, /^NONE {2}no Document: /);
});

test("what the mapping can't express is refused, naming policy and clause, or left open where that is asked for", async () => {
  const asked = ["plan", "User::ann", "document:share", "Document", "--at", "2026-11-24T10:00:00Z"];
  const [refused, open] = await Promise.all([
    cordon(asked, { cwd: mapped }),
    cordon([...asked, "--approximate"], { cwd: mapped }),
  ]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /the mapping doesn't say where attribute `owner` of Document is/);
  assert.match(refused.stderr, /policy `owner-shares`/);
  assert.equal(open.code, 0);
  assert.match(open.stdout, /not exact: each that comes must be decided before it counts/);
});

test("SQL for a type that no source has is refused", async () => {
  const { code, stderr } = await cordon(
    ["plan", "User::ann", "document:read", "Document", "--dialect", "mysql"],
    { cwd: plain },
  );
  assert.equal(code, 2);
  assert.match(stderr, /no `sql` source has entities of type `Document`/);
});
