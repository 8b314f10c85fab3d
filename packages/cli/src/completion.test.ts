import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { binary, cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const people = Array.from({ length: 300 }, (_, index) => ({
  uid: { type: "User", id: `person-${index}` },
  attrs: { level: 1 },
  parents: [],
}));

const folder = mkdtempSync(join(tmpdir(), "cordon-completion-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const project = projectWith(shop);
const crowded = projectWith({ ...shop, "entities/crowd.json": JSON.stringify(people) });

before(async () => {
  mkdirSync(join(folder, "bin"));
  // As it is when installed: `cordon` on the path.
  writeFileSync(join(folder, "bin", "cordon"), `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`);
  chmodSync(join(folder, "bin", "cordon"), 0o755);
  // As after the first question: what is known of the project lies ready.
  for (const each of [project, crowded]) {
    mkdirSync(join(each, ".cordon"));
    await cordon(["ask", "User::ann", "document:read", "Document::plan", "--no-log"], { cwd: each });
  }
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await cordon(["completion", shell]);
    assert.equal(code, 0);
    writeFileSync(join(folder, shell), stdout);
  }
});

type Complete = (line: string, cwd?: string) => string[];

function shell(command: string, args: readonly string[], cwd: string): string[] {
  const path = `${join(folder, "bin")}:${process.env.PATH}`;
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: path, HOME: folder },
  });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return stdout.split("\n").filter((word) => word !== "");
}

/** As bash calls it: with the line, and its own idea of words. */
const bash: Complete = (line, cwd = project) => {
  const program = `source '${folder}/bash'
compopt() { :; }
complete -p cordon | grep -q -- '-F _cordon' || exit 3
COMP_LINE="$1" COMP_POINT=\${#1} COMP_WORDS=(cordon) COMP_CWORD=1
_cordon
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shell("bash", ["--norc", "-c", program, "bash", line], cwd);
};

/** The functions of zsh's own completion are there only while somebody types; these tell what they are given. */
const zsh: Complete = (line, cwd = project) => {
  const program = `compdef() { :; }
source '${folder}/zsh'
_describe() { [[ "$1" == -o ]] && shift; shift; print -l -- "\${(@P)1%%:*}" | grep -- "^$cur" || :; }
compadd() { while [[ "$1" != -- ]]; do shift; done; shift; print -l -- "$@" | grep -- "^$cur" || :; }
_files() { print -l "<files$1>"; }
compset() { :; }
words=("\${(@s: :)1}") CURRENT=\${#words}
_cordon`;
  return shell("zsh", ["-f", "-c", program, "zsh", line], cwd);
};

const fish: Complete = (line, cwd = project) =>
  shell("fish", ["--no-config", "-c", `source '${folder}/fish'; complete -C "$argv[1]"`, line], cwd).map(
    (found) => found.split("\t")[0] ?? "",
  );

function has(command: string): boolean {
  return spawnSync(command, ["--version"]).error === undefined;
}

/** What must be among the words offered, and what must not. */
const cases: [line: string, offered: string[], not: string[]][] = [
  ["cordon ", ["check", "serve", "fmt", "typegen"], ["__complete", "verify"]],
  ["cordon ch", ["check"], ["serve"]],
  ["cordon log ", ["show", "verify"], ["check"]],
  ["cordon log verify --p", ["--pin", "--project"], ["--policy"]],
  ["cordon check --project x --j", ["--json"], []],
  ["cordon serve --log ", ["durable", "buffered", "off"], []],
  ["cordon serve --log b", ["buffered"], ["off"]],
  ["cordon init --template r", ["rbac"], ["blank"]],
  ["cordon check --format ", ["github", "sarif"], []],
  ["cordon help fm", ["fmt"], ["check"]],
  ["cordon completion ", ["bash", "fish"], []],
  ["cordon log --policy ", ["team-reads", "no-nights"], []],
  ["cordon log --policy own", ["owner-shares"], ["team-reads"]],
  ["cordon ask ", ["User::ann", "User::bob"], ["Document::plan", "Team::sales"]],
  ["cordon ask --json -p . ", ["User::ann"], []],
  ["cordon ask User::ann ", ["document:read", "document:share"], []],
];

for (const [name, complete] of Object.entries({ bash, zsh, fish })) {
  const skip = has(name) ? false : `${name} is not installed`;
  test(`${name} completes commands, options and names`, { skip }, () => {
    for (const [line, offered, not] of cases) {
      const found = complete(line);
      for (const word of offered) assert.ok(found.includes(word), `${line}: ${word} is not in ${found}`);
      for (const word of not) assert.ok(!found.includes(word), `${line}: ${word} is in ${found}`);
    }
  });
  test(`${name} offers types where there are too many things`, { skip }, () => {
    assert.deepEqual(complete("cordon ask ", crowded), ["User::"]);
  });
}

test("bash gets what stands after the last colon, which is where its word begins", () => {
  assert.deepEqual(bash("cordon ask User::a"), ["ann"]);
  assert.deepEqual(bash("cordon ask User::ann document:s"), ["share"]);
  assert.deepEqual(bash("cordon ask User::ann document:read Document::"), ["budget", "plan"]);
});

test("zsh and fish get the whole word", () => {
  if (has("zsh")) assert.deepEqual(zsh("cordon ask User::a"), ["User::ann"]);
  if (has("fish")) {
    assert.deepEqual(fish("cordon ask User::ann document:read Document::"), [
      "Document::budget",
      "Document::plan",
    ]);
  }
});

test("files and folders are left to the shell", () => {
  assert.deepEqual(bash("cordon check --project pol"), ["policies"]);
  assert.deepEqual(bash("cordon fmt sch"), ["schema.cedarschema"]);
  if (has("zsh")) assert.deepEqual(zsh("cordon fmt one.cedar "), ["<files>"]);
});

test("what is fixed is completed within 100 ms, without starting Node.js", () => {
  const script = `source '${folder}/bash'; compopt() { :; }; PATH=/usr/bin:/bin; cordon() { exit 9; }
run() { COMP_LINE="$1" COMP_POINT=\${#1} COMP_WORDS=(cordon) _cordon; [[ \${#COMPREPLY[@]} -gt 0 ]] || exit 4; }
time (for i in 1 2 3 4 5 6 7 8 9 10; do run 'cordon '; run 'cordon ask --'; run 'cordon serve --log '; done)`;
  const started = performance.now();
  execFileSync("bash", ["--norc", "-c", `TIMEFORMAT=%U; ${script}`], { stdio: "pipe" });
  assert.ok((performance.now() - started) / 30 < 100);
});

test("names come from the project as it was last opened, or as it is, or not at all", async () => {
  const values = async (cwd: string, ...words: string[]) =>
    (await cordon(["__complete", ...words], { cwd })).stdout.split("\n").filter((word) => word !== "");
  const fresh = projectWith(shop);
  const policies = ["no-nights", "owner-shares", "secret-stays-home", "team-reads"];
  assert.deepEqual(await values(fresh, "policy", "", ""), policies);
  mkdirSync(join(fresh, ".cordon"));
  await cordon(["ask", "User::ann", "document:read", "Document::plan"], { cwd: fresh });
  writeFileSync(join(fresh, "policies", "documents.cedar"), "half a pol");
  assert.deepEqual(await values(fresh, "policy", "", ""), policies);
  assert.deepEqual(await values(folder, "policy", "", fresh), policies);
  const none = await cordon(["__complete", "policy", "", "nowhere"], { cwd: folder });
  assert.deepEqual(none, { code: 1, stdout: "", stderr: "" });
});

test("a shell that there is no completion for is refused", async () => {
  const { code, stderr } = await cordon(["completion", "tcsh"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "error: there is no completion for `tcsh`\n  help: the shells are `bash`, `zsh` and `fish`\n",
  );
});
