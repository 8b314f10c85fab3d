import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

test("a key is made, shown once, listed without its secret, and revoked", async () => {
  const folder = projectWith(shop);
  const keys = (...args: string[]) => cordon(["keys", ...args], { cwd: folder });
  const made = await keys("create", "shop", "--scope", "evaluate", "read-log");
  assert.equal(made.code, 0);
  assert.match(made.stdout, /^\S{20,}\n$/);
  assert.equal(made.stderr, "key `shop` may evaluate, read-log; it is shown only this once\n");
  const listed = await keys("list");
  assert.match(
    listed.stdout,
    /^name +scopes +created +last used +state\nshop +evaluate, read-log +.* +never +live\n$/,
  );
  assert.equal(listed.stdout.includes(made.stdout.trim()), false);
  const again = await keys("create", "shop");
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^error: .*`shop`/);
  assert.deepEqual(await keys("revoke", "shop"), { code: 0, stdout: "revoked `shop`\n", stderr: "" });
  const [record] = (await keys("list", "--json")).stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.notEqual(record.revoked, null);
  const gone = await keys("revoke", "shop");
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /^error: there is no live key `shop`\n {2}help: `cordon keys list`/);
});

test("--json of keys, and scopes that are none", async () => {
  const folder = projectWith(shop);
  const { stdout } = await cordon(["keys", "create", "audit", "--scope", "read_log,administer", "--json"], {
    cwd: folder,
  });
  const { key, record } = JSON.parse(stdout);
  assert.equal(typeof key, "string");
  assert.deepEqual(record.scopes, ["read_log", "administer"]);
  const wrong = await cordon(["keys", "create", "x", "--scope", "everything"], { cwd: folder });
  assert.equal(wrong.code, 2);
  assert.equal(
    wrong.stderr,
    "error: `everything` is not a scope\n  help: the scopes are `evaluate`, `read-log`, `administer`\n",
  );
});

test("no keys is said to mean the loopback only", async () => {
  const { code, stdout, stderr } = await cordon(["keys", "list"], { cwd: projectWith(shop) });
  assert.equal(code, 0);
  assert.equal(stdout, "");
  assert.match(stderr, /^no keys: /);
});

test("the bundle's id is that of its content, whichever way it is asked for", async () => {
  const folder = projectWith(shop);
  const bundle = (...args: string[]) => cordon(["bundle", ...args], { cwd: folder });
  const { code, stdout } = await bundle();
  assert.equal(code, 0);
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  const id = stdout.trim();
  const written = await bundle("--out", "shop.json", "--json");
  assert.deepEqual(JSON.parse(written.stdout), { id, file: "shop.json", policies: 4, templates: 0 });
  const file = readFileSync(join(folder, "shop.json"), "utf8");
  const { compile } = await import("@cordon/engine");
  assert.equal(compile(JSON.parse(file)).bundleId, id);
  const piped = await bundle("--out", "-");
  assert.equal(piped.stdout, file);
  assert.equal(piped.stderr, `${id}\n`);
});

test("no bundle of a broken project, and none where it can't be written", async () => {
  const folder = projectWith({ ...shop, "policies/bad.cedar": "permit (" });
  const broken = await cordon(["bundle"], { cwd: folder });
  assert.equal(broken.code, 2);
  assert.equal(broken.stdout, "");
  assert.match(broken.stderr, /bad\.cedar:1/);
  const unwritable = await cordon(["bundle", "--out", "nowhere/x.json"], { cwd: projectWith(shop) });
  assert.equal(unwritable.code, 2);
  assert.match(unwritable.stderr, /^error: can't write `nowhere\/x\.json`\n {2}help: ENOENT/);
});
