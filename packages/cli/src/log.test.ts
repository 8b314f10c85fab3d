import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { openStore } from "@cordon/pdp";
import { binary, cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const folder = projectWith(shop);
const log = (...args: string[]) => cordon(["log", ...args], { cwd: folder });

async function records(...args: string[]) {
  const { code, stdout } = await log(...args, "--json");
  assert.equal(code, 0);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

before(async () => {
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, { watch: false, clock: () => new Date("2026-11-24T12:00:00Z") });
  for (const [principal, action, resource] of [
    ["ann", "document:read", "plan"],
    ["ann", "document:read", "budget"],
    ["bob", "document:read", "plan"],
    ["ann", "document:share", "plan"],
    ["eve", "document:share", "budget"],
  ] as const) {
    const request = {
      principal: { type: "User", id: principal },
      action,
      resource: { type: "Document", id: resource },
    };
    await decider.decide(request, { caller: `for ${principal}` });
  }
  await decider.close();
});

test("lists the newest first, one aligned line each", async () => {
  const { code, stdout, stderr } = await log();
  assert.equal(code, 0);
  assert.equal(stderr, "");
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 5);
  assert.match(
    lines[0] ?? "",
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z {2}deny {3}User::"eve" {2}document:share {2}Document::"budget" {2}secret-stays-home +[0-9a-f-]{36}$/,
  );
  const columns = lines.map((line) => line.indexOf("Document::"));
  assert.equal(new Set(columns).size, 1);
});

test("filters hold together", async () => {
  assert.equal((await records("--principal", "User::ann")).length, 3);
  assert.equal((await records("--principal", 'User::"ann"', "--decision", "allow")).length, 2);
  assert.equal((await records("--principal", "User")).length, 5);
  assert.equal((await records("--resource", "budget")).length, 2);
  assert.equal((await records("--action", "document:share")).length, 2);
  assert.equal((await records("--policy", "secret-stays-home")).length, 2);
  assert.equal((await records("--caller", "for bob")).length, 1);
  assert.equal(
    (await records("--since", "15m", "--until", "2999-01-01")).length +
      (await records("--until", "15m")).length,
    5,
  );
  assert.deepEqual(
    (await records("--oldest", "--limit", "1")).map(({ seq }) => seq),
    [1],
  );
});

test("says when more exist", async () => {
  const { code, stdout, stderr } = await log("--limit", "2");
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd().split("\n").length, 2);
  assert.equal(stderr, "more than 2 match: raise --limit, or narrow with --since and --until\n");
  assert.equal((await log("--limit", "5")).stderr, "");
});

test("nothing that matches is said, too", async () => {
  const { code, stdout, stderr } = await log("--principal", "User::nobody");
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "no decision matches\n" });
});

test("shows one decision with all it was decided on", async () => {
  const [record] = await records("--policy", "no-nights", "--limit", "1").then((found) =>
    found.length > 0 ? found : records("--action", "document:share", "--principal", "ann"),
  );
  const { code, stdout } = await log("show", record.id);
  assert.equal(code, 0);
  for (const part of [
    /^decision {4}ALLOW {2}permitted$/m,
    /^caller {6}for ann$/m,
    /^principal {3}User::"ann"$/m,
    /^policies {4}owner-shares$/m,
    /^ {2}now +datetime\(.*\) +added by Cordon$/m,
    /^Document::"plan"$/m,
    /^ {2}owner +User::"ann" +static$/m,
  ]) {
    assert.match(stdout, part);
  }
  const json = JSON.parse((await log("show", record.id, "--json")).stdout);
  assert.equal(json.hash, record.hash);
});

test("decides a record again and explains it", async () => {
  const [record] = await records("--resource", "budget", "--limit", "1");
  const { code, stdout } = await log("show", record.id, "--why");
  assert.equal(code, 0);
  assert.match(stdout, /decided again by the bundle of that time: the same/);
  assert.match(stdout, /secret-stays-home/);
  const { replay } = JSON.parse((await log("show", record.id, "--why", "--json")).stdout);
  assert.equal(replay.same, true);
});

test("verifies, and keeps to a pinned head", async () => {
  const { code, stdout } = await log("verify");
  assert.equal(code, 0);
  const head = /^INTACT {2}5 records verified\nhead (5:[0-9a-f]{64})\n$/.exec(stdout)?.[1] ?? "";
  assert.notEqual(head, "");
  assert.equal((await log("verify", "--pin", head)).code, 0);
  const other = await log("verify", "--pin", `5:${"0".repeat(64)}`);
  assert.equal(other.code, 1);
  assert.match(other.stdout, /^NOT INTACT /m);
  assert.equal(JSON.parse((await log("verify", "--json")).stdout).ok, true);
});

test("an altered record is found, and the exit code is 1", async () => {
  const copy = projectWith(shop);
  await cordon(["ask", "User::ann", "document:read", "Document::plan"], { cwd: copy });
  const { default: Database } = await import("libsql");
  const db = new Database(join(copy, ".cordon", "cordon.db"));
  const { changes } = db.prepare("UPDATE decisions SET body = replace(body, 'allow', 'deny!')").run();
  assert.equal(changes, 1);
  db.close();
  const { code, stdout } = await cordon(["log", "verify"], { cwd: copy });
  assert.equal(code, 1);
  assert.match(stdout, /^altered {2}record 1 was altered: /m);
  assert.match(stdout, /^NOT INTACT {2}1 record read, 2 problems$/m);
});

test("--follow shows what comes, as it comes, and ends well on an interrupt", async () => {
  const follower = spawn(process.execPath, [binary, "log", "--follow", "--decision", "deny", "--json"], {
    cwd: folder,
  });
  let seen = "";
  const saw = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (seen.split("\n").length > count) resolve();
      };
      follower.stdout.on("data", check);
      check();
    });
  follower.stdout.setEncoding("utf8").on("data", (text: string) => {
    seen += text;
  });
  await saw(3);
  await cordon(["ask", "User::ann", "document:read", "Document::plan"], { cwd: folder });
  await cordon(["ask", "User::bob", "document:read", "Document::plan"], { cwd: folder });
  await saw(4);
  const ended = new Promise((resolve) => follower.once("close", resolve));
  follower.kill("SIGINT");
  assert.equal(await ended, 0);
  const followed = seen
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    followed.map(({ seq }) => seq),
    [2, 3, 5, 7],
  );
});

test("can be read while the policies are broken", async () => {
  const copy = projectWith(shop);
  await cordon(["ask", "User::ann", "document:read", "Document::plan"], { cwd: copy });
  writeFileSync(join(copy, "policies", "bad.cedar"), "permit (");
  const { code, stdout } = await cordon(["log", "--json"], { cwd: copy });
  assert.equal(code, 0);
  const [record] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(record.decision, "allow");
  const shown = await cordon(["log", "show", record.id, "--why"], { cwd: copy });
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /the same/);
});

test("`| head` ends quietly", async () => {
  const store = await openStore(join(folder, ".cordon", "cordon.db"));
  const decisions = await store.decisions();
  const [template] = (await decisions.list({ limit: 1 })).records;
  assert.ok(template);
  const { seq, hash, previousHash, replayable, ...record } = template;
  await Promise.all(
    Array.from({ length: 3_000 }, (_, i) =>
      decisions.append({ ...record, id: `copy-${seq}-${i}`, caller: "copy" }),
    ),
  );
  await store.close();
  const piped = spawn("sh", ["-c", `"${process.execPath}" "${binary}" log --limit 3000 --json | head -n 2`], {
    cwd: folder,
  });
  const told = { stdout: "", stderr: "" };
  piped.stdout.on("data", (text: Buffer) => {
    told.stdout += text;
  });
  piped.stderr.on("data", (text: Buffer) => {
    told.stderr += text;
  });
  await new Promise((resolve) => piped.once("close", resolve));
  assert.equal(told.stdout.trimEnd().split("\n").length, 2);
  assert.equal(told.stderr, "");
});

test("what isn't there is said so, and looking creates nothing", async () => {
  const empty = projectWith(shop);
  const { code, stderr } = await cordon(["log"], { cwd: empty });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^error: there is no decision log at `.*cordon\.db`\n {2}help: the first decision creates it/,
  );
  const unknown = await log("show", "019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^error: there is no decision `019ab3c2-/);
});

test("filters that can't be read are refused", async () => {
  for (const [args, message] of [
    [["--limit", "0"], /^error: `0` is not a limit\n/],
    [["--limit", "many"], /^error: `many` is not a limit\n/],
    [["--decision", "maybe"], /^error: `maybe` is not a decision\n/],
    [["--since", "yesterday"], /^error: invalid time `yesterday` for `--since`\n/],
    [["--principal", "User::"], /^error: principal `User::` is not an entity\n/],
    [["--follow", "--until", "2h"], /^error: `--until` can't be used with `--follow`\n/],
    [["verify", "--pin", "5"], /^error: `5` is not the head of a log\n/],
  ] as const) {
    const { code, stderr } = await log(...args);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
});
