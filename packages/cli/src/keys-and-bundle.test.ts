import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
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
    "error: `everything` is not a scope\n  help: the scopes are `evaluate`, `read-log`, `administer`, `provision`\n",
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

/** Decides as the module does and as the bundle's JSON does, in a place where no code may be made of text. */
const COMPARISON = `
import { readFileSync } from "node:fs";
import { CedarRecord, compile, decodeEntity, EntityStore, actionEntities, parseEntityUid } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import { authorizer } from "./policies.mjs";
let forbidden = false;
try { new Function("return 1"); } catch { forbidden = true; }
const bundle = JSON.parse(readFileSync("bundle.json", "utf8"));
const reference = compile(bundle, { path: "reference" });
const files = ["people", "documents"].flatMap((name) => parseJson(readFileSync("entities/" + name + ".json", "utf8")));
const entities = EntityStore.from([...actionEntities(bundle.schema), ...files.map((json) => decodeEntity(json, bundle.schema))]);
const seen = { forbidden, ids: [authorizer.bundleId, bundle.id], paths: [], decisions: [], same: true };
for (const user of ["ann", "bob", "nobody"]) for (const action of ["read", "share", "burn"]) for (const document of ["plan", "budget"]) {
  const request = {
    principal: parseEntityUid('User::"' + user + '"'),
    action: parseEntityUid('Action::"document:' + action + '"'),
    resource: parseEntityUid('Document::"' + document + '"'),
    context: CedarRecord.of([["country", "DE"]]),
  };
  const answer = authorizer.isAuthorized(request, entities);
  seen.same &&= JSON.stringify(answer) === JSON.stringify(reference.isAuthorized(request, entities));
  seen.paths.push(action + " " + authorizer.path);
  seen.decisions.push(answer.decision);
}
console.log(JSON.stringify(seen));
`;

test("a bundle as a module decides without making code of text, by code made ahead of time", async () => {
  const folder = projectWith({ ...shop, "compare.mjs": COMPARISON });
  symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(folder, "node_modules"));
  const written = await cordon(["bundle", "--target", "esm", "--out", "policies.mjs"], { cwd: folder });
  assert.equal(written.code, 0);
  await cordon(["bundle", "--out", "bundle.json"], { cwd: folder });
  const run = spawnSync(process.execPath, ["--disallow-code-generation-from-strings", "compare.mjs"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
  const { forbidden, ids, paths, decisions, same } = JSON.parse(run.stdout);
  assert.equal(forbidden, true);
  assert.deepEqual(ids, [written.stdout.trim(), written.stdout.trim()]);
  assert.equal(same, true);
  assert.deepEqual([...new Set(decisions)].sort(), ["allow", "deny"]);
  // Nothing was made for an action that the schema doesn't know; it is decided all the same.
  assert.deepEqual([...new Set(paths)], ["read generated", "share generated", "burn closures"]);
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
