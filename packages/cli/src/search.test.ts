import assert from "node:assert/strict";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const project = projectWith(shop);
const NOON = ["--at", "2026-11-24T12:00:00Z"];

const run = (...args: string[]) => cordon(args, { cwd: project });

test("who-can counts, and groups by the policies that give the access", async () => {
  const { code, stdout, stderr } = await run("who-can", "document:read", "Document::plan");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `1 may document:read Document::"plan"

User  1
  1  by team-reads
     ann

  team-reads  everybody in the team reads its documents
`,
  );
});

test("what-can goes through actions and types, and says which give nothing", async () => {
  const { code, stdout } = await run("what-can", "User::ann", "--context", '{"country": "DE"}', ...NOON);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `User::"ann" may

Document
  document:read  2
    2  by team-reads
       budget, plan
  document:share  2
    2  by owner-shares
       budget, plan

  team-reads    everybody in the team reads its documents
  owner-shares  who owns a document may share it
`,
  );
  const some = await run(
    "what-can",
    "User::ann",
    "--action",
    "document:share",
    "--type",
    "Document",
    ...NOON,
  );
  assert.match(some.stdout, /document:share {2}1\n {4}1 {2}by owner-shares\n {7}plan\n/);
  assert.doesNotMatch(some.stdout, /document:read/);
});

test("nobody and nothing are told by the exit code", async () => {
  const nobody = await run("who-can", "document:read", "Document::budget");
  assert.deepEqual([nobody.code, nobody.stdout], [1, 'NOBODY  may document:read Document::"budget"\n']);
  const nothing = await run("what-can", "User::bob", ...NOON);
  assert.equal(nothing.code, 1);
  assert.match(
    nothing.stdout,
    /^NOTHING {2}is what User::"bob" may do\n\nnone by\n {2}document:read Document, /,
  );
});

test("--json has every result with its policies, and --limit says where to stop", async () => {
  const who = await run("who-can", "document:read", "Document::plan", "--json");
  const answer = JSON.parse(who.stdout);
  assert.deepEqual([answer.count, answer.whole], [1, true]);
  assert.deepEqual(
    answer.results.map(({ type, id, policies }: { type: string; id: string; policies: { id: string }[] }) => [
      type,
      id,
      policies.map((policy) => policy.id),
    ]),
    [["User", "ann", ["team-reads"]]],
  );
  const asked = ["what-can", "User::ann", "--context", '{"country": "DE"}', "--limit", "1", ...NOON];
  const what = JSON.parse((await run(...asked, "--json")).stdout);
  assert.deepEqual([what.count, what.whole], [2, false]);
  assert.match((await run(...asked)).stdout, /document:read {2}1\+\n[\s\S]*there are more: `--limit`/);
});

test("what can't be found out is said, and is never taken for nothing", async () => {
  const held = projectWith({ ...shop, "entities/documents.json": "[]" });
  const what = await cordon(["what-can", "User::ann", ...NOON], { cwd: held });
  assert.equal(what.code, 2);
  assert.match(
    what.stdout,
    /not known\n {2}document:read Document: nothing lists entities of type `Document`/,
  );
  assert.match(what.stdout, / {4}help: map the type in a `sql` source, or keep its entities in files\n/);
  const json = JSON.parse((await cordon(["what-can", "User::ann", "--json", ...NOON], { cwd: held })).stdout);
  assert.deepEqual([json.whole, json.count], [false, 0]);
  assert.match(json.answers[0].error.message, /nothing lists/);
});

test("the log shows a search as one, and explains none", async () => {
  const folder = projectWith(shop);
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, { watch: false, caller: "portal" });
  const { id } = await decider.searchPrincipals({
    principalType: "User",
    action: "document:read",
    resource: 'Document::"plan"',
  });
  await decider.close();
  const list = await cordon(["log"], { cwd: folder });
  assert.match(
    list.stdout,
    /allow {2}User::"" {2}document:read {2}Document::"plan" {2}search for principals: 1 found/,
  );
  const shown = await cordon(["log", "show", id], { cwd: folder });
  assert.match(shown.stdout, /caller +portal\n/);
  assert.match(shown.stdout, /search +for principals: a page of 1, the last\n/);
  assert.equal((await cordon(["log", "verify"], { cwd: folder })).code, 0);
  for (const args of [
    ["explain", id],
    ["log", "show", id, "--why"],
  ]) {
    const { code, stderr } = await cordon(args, { cwd: folder });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /is a search, and no decision/);
  }
});

test("wrong usage is told with help", async () => {
  const cases: [args: string[], message: RegExp][] = [
    [["who-can", "document:burn", "Document::plan"], /the schema has no action `document:burn` that anybody/],
    [["who-can", "document:read", "plan"], /resource `plan` is not an entity/],
    [
      ["who-can", "document:read", "Document::plan", "--limit", "0"],
      /`--limit 0` is not a number of results/,
    ],
    [["what-can", "User::ann", "--type", "Planet"], /nothing that a `User` could do with a `Planet`/],
    [["what-can", "Team::sales"], /the schema has nothing that a `Team` could do/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr, stdout } = await run(...args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
    assert.match(stderr, /\n {2}help: /);
  }
});

test("the log shows a plan as one, and explains none", async () => {
  const folder = projectWith(shop);
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, { watch: false, caller: "portal" });
  const { id } = await decider.plan({
    principal: 'User::"ann"',
    action: "document:read",
    resourceType: "Document",
  });
  await decider.close();
  const list = await cordon(["log"], { cwd: folder });
  assert.match(list.stdout, /User::"ann" {2}document:read {2}Document::"" {2}plan: (all|some|none)/);
  const shown = await cordon(["log", "show", id], { cwd: folder });
  assert.match(shown.stdout, /plan +(all|some|none)\n/);
  assert.equal((await cordon(["log", "verify"], { cwd: folder })).code, 0);
  for (const args of [
    ["explain", id],
    ["log", "show", id, "--why"],
  ]) {
    const { code, stderr } = await cordon(args, { cwd: folder });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /is a plan, and no decision/);
  }
});
