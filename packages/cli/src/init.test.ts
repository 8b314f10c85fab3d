import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { formatPolicies } from "@cordon/cedar";
import { askFor } from "./scaffold/questions.js";
import { templateFiles } from "./scaffold/template-files.js";
import { TEMPLATES } from "./scaffold/template-list.js";
import { cordon } from "./testing-internal/command.js";
import { projectWith } from "./testing-internal/project.js";

const templatesFolder = new URL("../templates/", import.meta.url);

test("every template is listed", () => {
  assert.deepEqual(TEMPLATES.map(({ name }) => name).sort(), readdirSync(templatesFolder).sort());
});

for (const { name, question } of TEMPLATES) {
  test(`the template ${name} passes check and test, and answers its question`, async () => {
    const folder = projectWith({});
    const made = await cordon(["init", "-t", name, "--yes", "--no-git"], { cwd: folder });
    assert.equal(made.stderr, "");
    assert.equal(made.code, 0);
    assert.match(made.stdout, new RegExp(`^✓ ${name} in this folder: .+\n\n {2}.gitignore\n`));
    const checked = await cordon(["check"], { cwd: folder });
    assert.match(checked.stdout, /1 schema, \d+ entities, (.+, )?no problems\n$/);
    assert.equal(checked.code, 0);
    const tested = await cordon(["test"], { cwd: folder });
    assert.equal(tested.code, 0, tested.stdout);
    const asked = await cordon(["ask", ...question.split(" "), "--why"], { cwd: folder });
    // A deny whose explanation is worth reading, and not a question that makes no sense.
    assert.equal(asked.stderr, "");
    assert.match(asked.stdout, /deny[\s\S]*(no policy permits|forbid)/i);
  });

  test(`the template ${name} is formatted, and packed whole`, async () => {
    for (const { path, text } of await templateFiles(name)) {
      if (path.endsWith(".cedar")) assert.deepEqual(formatPolicies(text, path), { ok: true, text });
      // What git or npm leaves out never arrives.
      assert.ok(path === ".gitignore" || !/(^|\/)\./.test(path), path);
    }
  });
}

function packedPaths(): string[] {
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const told = Object.values(JSON.parse(packed)) as { files: { path: string }[] }[];
  return told.flatMap(({ files }) => files.map(({ path }) => path));
}

test("the package ships what init writes", () => {
  const shipped = new Set(packedPaths());
  for (const path of readdirSync(templatesFolder, { recursive: true, withFileTypes: true })) {
    if (!path.isFile() || path.parentPath.includes("/.cordon")) continue;
    const relative = join(path.parentPath, path.name).split("/templates/")[1];
    assert.ok(shipped.has(`templates/${relative}`), `${relative} is not in the package`);
  }
});

test("what trying a template left behind is neither written nor shipped", async (t) => {
  const left = new URL("blank/.cordon/", templatesFolder);
  t.after(() => rmSync(left, { recursive: true }));
  mkdirSync(left, { recursive: true });
  writeFileSync(new URL("cordon.db", left), "");
  const paths = (await templateFiles("blank")).map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => path.startsWith(".")),
    [".gitignore"],
  );
  assert.ok(!packedPaths().some((path) => path.includes(".cordon")));
});

test("nothing is overwritten, and what is in the way is named", async () => {
  const folder = projectWith({ "README.md": "mine", "tests/items.yaml": "mine" });
  const { code, stdout, stderr } = await cordon(["init", "--yes", "--no-git"], { cwd: folder });
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "error: `.` already has `README.md`, `tests/items.yaml`\n  help: nothing was written; give another folder, or move them away\n",
  );
  assert.deepEqual(readdirSync(folder).sort(), ["README.md", "tests"]);
  assert.equal(readFileSync(join(folder, "README.md"), "utf8"), "mine");
});

test("a file where a folder is needed is in the way, too", async () => {
  const folder = projectWith({ policies: "mine", other: "" });
  const { code, stderr } = await cordon(["init", "--yes", "--no-git"], { cwd: folder });
  assert.equal(code, 2);
  assert.match(stderr, /^error: `.` already has `policies`\n/);
  const file = await cordon(["init", "other", "--yes"], { cwd: folder });
  assert.match(file.stderr, /^error: `other` is a file, not a folder\n {2}help: /);
});

test("a .gitignore stays as it is, with a word about what it lacks", async () => {
  const folder = projectWith({ ".gitignore": "node_modules\n" });
  const { code, stderr } = await cordon(["init", "--yes", "--no-git"], { cwd: folder });
  assert.equal(code, 0);
  assert.match(stderr, /^warning: your `.gitignore` was left as it is; add `.cordon\/` to it/);
  assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), "node_modules\n");
  const knowing = projectWith({ ".gitignore": "dist\n/.cordon\n" });
  assert.equal((await cordon(["init", "--yes", "--no-git"], { cwd: knowing })).stderr, "");
});

test("a repository is made unless there is one, or none is wanted", async () => {
  const folder = projectWith({});
  const made = await cordon(["init", "a", "--json"], { cwd: folder });
  assert.deepEqual(JSON.parse(made.stdout), {
    directory: join(folder, "a"),
    template: "blank",
    files: (await templateFiles("blank")).map(({ path }) => path),
    git: true,
  });
  assert.ok(existsSync(join(folder, "a", ".git")));
  await cordon(["init", "b", "--yes", "--no-git"], { cwd: folder });
  assert.ok(!existsSync(join(folder, "b", ".git")));
  mkdirSync(join(folder, "a", "inner"));
  const inner = await cordon(["init", "a/inner", "--json"], { cwd: folder });
  assert.equal(JSON.parse(inner.stdout).git, false);
  assert.ok(!existsSync(join(folder, "a", "inner", ".git")));
  writeFileSync(join(folder, "empty"), "");
  const without = await cordon(["init", "c", "--yes"], { cwd: folder, env: { PATH: folder } });
  assert.equal(without.code, 0);
  assert.match(without.stderr, /^warning: no repository was made: git is not installed\n$/);
});

test("a template that there isn't is refused", async () => {
  const { code, stderr } = await cordon(["init", "-t", "sass"], { cwd: projectWith({}) });
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "error: there is no template `sass`\n  help: the templates are `blank`, `saas`, `rbac`, `documents`\n",
  );
});

const unknown = { directory: undefined, template: undefined, git: undefined };
const [DOWN, ENTER, CTRL_C] = ["\u001b[B", "\r", "\u0003"];

/** Somebody who presses a key once each question is there. */
function person(keys: readonly string[]): { input: PassThrough; output: PassThrough; screen(): string } {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let screen = "";
  const waiting = [...keys];
  let timer: NodeJS.Timeout | undefined;
  output.on("data", (text) => {
    screen += text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const key = waiting.shift();
      if (key !== undefined) input.write(key);
    }, 20);
  });
  return { input, output, screen: () => screen };
}

test("on a terminal what isn't known is asked", async () => {
  const { input, output, screen } = person(["shop", ENTER, DOWN, DOWN, ENTER, ENTER]);
  const answers = await askFor(unknown, () => true, { input, output });
  assert.deepEqual(answers, { directory: "shop", template: "rbac", git: true });
  for (const words of ["Where?", "Which rules to start from?", "roles that include roles", "git repository?"])
    assert.ok(screen().includes(words), words);
});

test("what is known isn't asked, and giving up writes nothing", async () => {
  const known = { directory: "shop", template: "saas", git: undefined };
  const quiet = person([]);
  assert.deepEqual(await askFor(known, () => false, quiet), { ...known, git: false });
  const leaving = person([CTRL_C]);
  assert.equal(await askFor(unknown, () => true, leaving), null);
  assert.match(leaving.screen(), /nothing was written/);
});
