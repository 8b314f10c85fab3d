import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "@cordon/databases";
import { openProject } from "@cordon/pdp";
import { cordon } from "./testing-internal/command.js";
import { projectWith } from "./testing-internal/project.js";

const server = await startPostgres();
after(() => server.stop());
const env = { PEOPLE_DB: server.url };
const password = new URL(server.url).password;

await server.query(`
  CREATE SCHEMA hr;
  CREATE TABLE hr.people (id text PRIMARY KEY, level bigint NOT NULL);
  CREATE TABLE hr.teams (id text PRIMARY KEY);
  CREATE TABLE hr.memberships (person text, team text, PRIMARY KEY (person, team));
  INSERT INTO hr.people SELECT 'p' || n, n FROM generate_series(1, 1000) AS n;
  INSERT INTO hr.people VALUES ('ann', 7), ('bob', 1);
  INSERT INTO hr.teams VALUES ('sales');
  INSERT INTO hr.memberships VALUES ('ann', 'sales');`);

function project(settings: { columns?: string; extra?: string } = {}): string {
  return projectWith({
    "schema.cedarschema": `entity Team;
entity User in [Team] { level: Long };
entity Document;
action "read" appliesTo { principal: [User], resource: [Document] };
`,
    "policies/read.cedar": `@id("team-reads")
permit (principal in Team::"sales", action == Action::"read", resource)
when { principal.level > 5 };
`,
    "cordon.yaml": `version: 1
sources:
  people:
    kind: sql
    url: \${env:PEOPLE_DB}
    push: true
    maxAge: 10m
    types:
      User:
        table: hr.people
        id: id
        attributes:
          level: ${settings.columns ?? "level"}
        parents:
          - { type: Team, table: hr.memberships, child: person, parent: team }
      Team: { table: hr.teams, id: id }
${settings.extra ?? ""}`,
  });
}

test("a revoked membership counts from the next answer on, once the database tells of it", async () => {
  const folder = project();
  const run = (...args: string[]) => cordon(["sources", ...args], { cwd: folder, env });
  const printed = await run("install", "people");
  assert.equal(printed.code, 0);
  assert.match(printed.stdout, /^BEGIN;\n\nDROP FUNCTION IF EXISTS "cordon_push_people"\(\) CASCADE;\n/);
  assert.match(
    printed.stdout,
    /AFTER DELETE ON "hr"\."memberships"\n {2}REFERENCING OLD TABLE AS cordon_old/,
  );
  assert.doesNotMatch(printed.stdout, new RegExp(password));
  assert.deepEqual(await run("install", "people", "--apply"), {
    code: 0,
    stdout: "installed: the database tells `people` of changes\n",
    stderr: "",
  });
  // Written over with the same.
  assert.equal((await run("install", "people", "--apply")).code, 0);
  assert.deepEqual(await run("check"), { code: 0, stdout: "ok     people (sql)\n", stderr: "" });

  process.env.PEOPLE_DB = server.url;
  const decider = await openProject(folder, { log: false });
  delete process.env.PEOPLE_DB;
  try {
    const ask = async (principal: string) =>
      (await decider.decide({ principal, action: "read", resource: 'Document::"d"' })).decision;
    const becomes = async (principal: string, wanted: string) => {
      const deadline = performance.now() + 5_000;
      while ((await ask(principal)) !== wanted) {
        assert.ok(performance.now() < deadline, `never ${wanted}`);
        // An answer from memory takes no turn of the event loop, in which the notice would arrive.
        await delay(2);
      }
    };
    assert.equal(await ask('User::"ann"'), "allow");
    await server.query("DELETE FROM hr.memberships WHERE person = 'ann'");
    await becomes('User::"ann"', "deny");
    await server.query("INSERT INTO hr.memberships VALUES ('ann', 'sales'), ('bob', 'sales')");
    await becomes('User::"ann"', "allow");
    // Too many rows to be named one by one.
    await server.query("UPDATE hr.people SET level = 0");
    await becomes('User::"ann"', "deny");
    await server.query("UPDATE hr.people SET level = 9 WHERE id = 'ann'");
    await becomes('User::"ann"', "allow");
    await server.query("TRUNCATE hr.memberships");
    await becomes('User::"ann"', "deny");
    // What happened while nobody could tell counts as well.
    await server.query("INSERT INTO hr.memberships VALUES ('ann', 'sales')");
    await becomes('User::"ann"', "allow");
    await server.query("ALTER TABLE hr.memberships DISABLE TRIGGER USER; DELETE FROM hr.memberships");
    assert.equal(await ask('User::"ann"'), "allow", "nobody told");
    await server.query("ALTER TABLE hr.memberships ENABLE TRIGGER USER");
    await server.restart();
    await becomes('User::"ann"', "deny");
  } finally {
    await decider.close();
  }
  assert.equal((await run("install", "people", "--uninstall", "--apply")).code, 0);
  const [left] = await server.query("SELECT count(*)::int AS n FROM pg_trigger WHERE tgname LIKE 'cordon%'");
  assert.equal(left?.n, 0);
});

test("what doesn't fit is told by name, without secrets", async () => {
  const folder = project({
    columns: "grade",
    extra: "  files: { kind: static, files: nothing.json }\n",
  });
  const checked = await cordon(["sources", "check"], { cwd: folder, env });
  assert.equal(checked.code, 1);
  assert.match(
    checked.stdout,
    /^wrong {2}people \(sql\)\n {9}`User`: the mapping doesn't fit the database: column e\.grade does not exist\n {9}help: see `types`/,
  );
  assert.match(checked.stdout, /wrong {2}files \(static\)\n {9}`nothing.json` can't be read \(ENOENT\)/);

  const refused = await cordon(["sources", "check", "people", "--json"], {
    cwd: folder,
    env: { PEOPLE_DB: server.url.replace(password, "wrong-password") },
  });
  assert.equal(refused.code, 1);
  const told = JSON.parse(refused.stdout);
  assert.deepEqual([told.source, told.ok, told.problems.length], ["people", false, 1]);
  assert.equal(told.problems[0].code, "source_refused");
  assert.doesNotMatch(refused.stdout + refused.stderr, /wrong-password/);

  const unset = await cordon(["sources", "check", "people"], { cwd: folder });
  assert.match(unset.stdout, /there is no environment variable `PEOPLE_DB`/);
});

test("triggers are for sources that can have them", async () => {
  const folder = project({ extra: "  files: { kind: static, files: some.json }\n" });
  writeFileSync(join(folder, "some.json"), "[]");
  const run = async (...args: string[]) =>
    (await cordon(["sources", "install", ...args], { cwd: folder, env })).stderr;
  assert.equal(
    await run("persons"),
    "error: there is no source `persons`\n  help: cordon.yaml declares `people`, `files`\n",
  );
  assert.match(await run("files"), /^error: `files` is of kind static\n {2}help: triggers are for/);
  assert.match(await run("people", "--url", server.url), /^error: `--url` is for `--apply`\n/);
  const unreachable = await run("people", "--apply", "--url", "postgres://me:sesame@127.0.0.1:1/db");
  assert.match(unreachable, /^error: the database can't be reached \(ECONNREFUSED\)\n/);
  assert.doesNotMatch(unreachable, /sesame/);
});
