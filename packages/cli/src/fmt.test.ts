import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith } from "./testing-internal/project.js";

const ugly = '// why\n@id("a")permit(principal,action,resource);\n';
const pretty = '// why\n@id("a")\npermit (principal, action, resource);\n';
const broken = "permit (principal, action);\n";

test("the project's policies are formatted, comments kept", async () => {
  const folder = projectWith({
    "policies/ugly.cedar": ugly,
    "policies/deep/pretty.cedar": pretty,
    "schema.cedarschema": "// stays\nentity   User;\n",
    "elsewhere/ugly.cedar": ugly,
  });
  const { code, stdout, stderr } = await cordon(["fmt"], { cwd: folder });
  assert.equal(stderr, "");
  assert.equal(stdout, "formatted policies/ugly.cedar\n2 files: 1 formatted, 1 already formatted\n");
  assert.equal(code, 0);
  assert.equal(readFileSync(join(folder, "policies/ugly.cedar"), "utf8"), pretty);
  assert.equal(readFileSync(join(folder, "elsewhere/ugly.cedar"), "utf8"), ugly);
  assert.equal(readFileSync(join(folder, "schema.cedarschema"), "utf8"), "// stays\nentity   User;\n");
  const again = await cordon(["fmt", "--project", folder]);
  assert.match(again.stdout, /^2 files: 2 already formatted\n$/);
});

test("--check writes nothing and exits with 1", async () => {
  const folder = projectWith({ "policies/a.cedar": ugly, "policies/b.cedar": pretty });
  const { code, stdout, stderr } = await cordon(["fmt", "--check"], { cwd: folder });
  assert.equal(code, 1);
  assert.equal(stdout, "not formatted policies/a.cedar\n2 files: 1 to be formatted, 1 already formatted\n");
  assert.equal(stderr, "help: `cordon fmt` formats them\n");
  assert.equal(readFileSync(join(folder, "policies/a.cedar"), "utf8"), ugly);
  assert.equal((await cordon(["fmt", "--check", "policies/b.cedar"], { cwd: folder })).code, 0);
});

test("a file with errors is left alone and shown; the others are formatted", async () => {
  const folder = projectWith({ "policies/a.cedar": broken, "policies/b.cedar": ugly });
  const { code, stdout, stderr } = await cordon(["fmt"], { cwd: folder });
  assert.equal(code, 2);
  assert.match(stderr, /^error\[policy_syntax\]: .+\n +--> policies\/a.cedar:1:\d+\n/);
  assert.equal(stdout, "formatted policies/b.cedar\n2 files: 1 formatted, 1 left alone because of errors\n");
  assert.equal(readFileSync(join(folder, "policies/a.cedar"), "utf8"), broken);
});

test("paths are files and folders, wherever they are", async () => {
  const folder = projectWith({
    "a/one.cedar": ugly,
    "a/node_modules/x.cedar": ugly,
    "a/.hidden/y.cedar": ugly,
    "b.cedar": ugly,
    "s.cedarschema": "entity   User;\n",
    "c.txt": "",
  });
  symlinkSync(join(folder, "b.cedar"), join(folder, "link.cedar"));
  const { code, stdout, stderr } = await cordon(["fmt", "a", "link.cedar", "s.cedarschema"], { cwd: folder });
  assert.equal(code, 0);
  assert.equal(stdout, "formatted a/one.cedar\nformatted link.cedar\n2 files: 2 formatted\n");
  assert.equal(
    stderr,
    "warning: `s.cedarschema` is left as it is\n  help: Cedar's formatter for schemas would drop their comments\n",
  );
  // What a link leads to is formatted; the link stays one.
  assert.equal(readFileSync(join(folder, "b.cedar"), "utf8"), pretty);
  for (const [path, message] of [
    ["nowhere", "error: there is no `nowhere`"],
    ["c.txt", "error: `c.txt` is not a file of policies"],
  ]) {
    const refused = await cordon(["fmt", path ?? ""], { cwd: folder });
    assert.equal(refused.code, 2);
    assert.equal(refused.stderr.split("\n")[0], message);
  }
});

test("--stdin goes to standard output", async () => {
  const formatted = await cordon(["fmt", "--stdin"], { input: ugly });
  assert.deepEqual(formatted, { code: 0, stdout: pretty, stderr: "" });
  assert.equal((await cordon(["fmt", "--stdin", "--check"], { input: ugly })).code, 1);
  const refused = await cordon(["fmt", "--stdin"], { input: broken });
  assert.equal(refused.code, 2);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /--> stdin:1:/);
  const both = await cordon(["fmt", "--stdin", "a.cedar"], { input: "" });
  assert.match(both.stderr, /^error: `--stdin` takes neither paths nor `--json`\n/);
});

test("--json tells what became of each file", async () => {
  const folder = projectWith({ "policies/a.cedar": ugly, "policies/b.cedar": broken });
  const { code, stdout } = await cordon(["fmt", "--check", "--json"], { cwd: folder });
  assert.equal(code, 2);
  const { files } = JSON.parse(stdout);
  assert.deepEqual(
    files.map(({ file, status }: { file: string; status: string }) => [file, status]),
    [
      ["policies/a.cedar", "misformatted"],
      ["policies/b.cedar", "refused"],
    ],
  );
  assert.equal(files[1].diagnostics[0].code, "policy_syntax");
});
