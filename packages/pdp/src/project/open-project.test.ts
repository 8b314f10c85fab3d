import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { DecisionRequest } from "@cordon/engine";
import type { DecisionLog } from "../log/index.js";
import { openStore } from "../store/index.js";
import { OFFICE, tempProject } from "../testing-internal/temp-project.js";
import { openProject } from "./open-project.js";
import type { Logger } from "./project-decider.js";
import { ProjectError } from "./project-error.js";

const ask: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };

test("decisions are logged in the project's own store by default", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const decider = await openProject(directory);
  const { id } = await decider.decide(ask);
  await decider.close();
  await access(join(directory, ".cordon/cordon.db"));
  const again = await openProject(directory, { caller: "later" });
  t.after(() => again.close());
  assert.equal((await again.log?.get(id))?.caller, "in-process");
  assert.equal((await again.store?.bundle(again.bundle.id))?.id, again.bundle.id);
  assert.equal((await again.log?.verify())?.ok, true);
});

test("the settings say where the store is, and whether there is a log", async (t) => {
  const moved = await tempProject(t, {
    ...OFFICE,
    "cordon.yaml": "store: { path: data/here.db }\nlog: { mode: buffered }",
  });
  const decider = await openProject(moved);
  assert.equal(decider.log?.stats().mode, "buffered");
  await decider.close();
  await access(join(moved, "data/here.db"));

  const off = await tempProject(t, { ...OFFICE, "cordon.yaml": "log: { mode: off }" });
  const unlogged = await openProject(off);
  t.after(() => unlogged.close());
  assert.deepEqual([unlogged.log, unlogged.store], [null, null]);
  await assert.rejects(access(join(off, ".cordon")));
});

test("a store that can't be opened says how to do without", async (t) => {
  const directory = await tempProject(t, {
    ...OFFICE,
    "cordon.yaml": "store: { path: schema.cedarschema/x.db }",
  });
  await assert.rejects(openProject(directory), (error) => {
    assert.ok(error instanceof ProjectError);
    assert.equal(error.code, "store_unavailable");
    assert.match(error.help, /`log: \{ mode: off \}`/);
    return true;
  });
});

test("a store that was handed over is used and left open", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const store = await openStore(join(directory, "mine.db"));
  t.after(() => store.close());
  const decider = await openProject(directory, { store, watch: false });
  const { id, bundleId } = await decider.decide(ask);
  await decider.close();
  assert.equal((await store.bundle(bundleId))?.id, bundleId);
  const log = await store.decisions();
  assert.equal((await log.get(id))?.decision, "allow");
});

test("closing waits for what is in flight and refuses what comes after", async (t) => {
  const directory = await tempProject(t, OFFICE);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const log = { append: () => held, flush: async () => {} } as unknown as DecisionLog;
  const decider = await openProject(directory, { log });
  let answered = false;
  const deciding = decider.decide(ask).then((answer) => {
    answered = true;
    return answer;
  });
  const closing = decider.close().then(() => answered);
  await assert.rejects(decider.decide(ask), (e) => e instanceof ProjectError && e.code === "closed");
  release();
  assert.equal(await closing, true);
  assert.equal((await deciding).decision, "allow");
  await decider.close();
});

test("an aborted call is not decided", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const decider = await openProject(directory, { log: false });
  t.after(() => decider.close());
  const signal = AbortSignal.abort(new Error("client went away"));
  await assert.rejects(decider.decide(ask, { signal }), /client went away/);
});

test("a log or server setting changed while running is said to wait for the next start", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const warnings: [object, string][] = [];
  const logger: Logger = {
    info: () => {},
    error: () => {},
    warn: (fields, message) => warnings.push([fields, message]),
  };
  const decider = await openProject(directory, { log: false, watch: false, logger });
  t.after(() => decider.close());
  await writeFile(join(directory, "cordon.yaml"), "log: { mode: buffered }");
  await decider.reload();
  assert.deepEqual(warnings, [[{ settings: ["log"] }, "changed settings take effect at the next start"]]);
});

test("a store below a link that may be swapped is warned about", async (t) => {
  const root = await tempProject(t, {});
  const directory = await tempProject(t, OFFICE);
  await symlink(directory, join(root, "current"));
  const warnings: string[] = [];
  const logger: Logger = {
    info: () => {},
    error: () => {},
    warn: (_fields, message) => warnings.push(message),
  };
  const decider = await openProject(join(root, "current"), { logger });
  await decider.close();
  assert.equal(warnings.length, 1);
});

test("the log goes on after the link to the project is swapped", async (t) => {
  const root = await tempProject(t, {});
  const current = join(root, "current");
  const [before, after] = [await tempProject(t, OFFICE), await tempProject(t, OFFICE)];
  await symlink(before, current);
  const decider = await openProject(current, { watch: false });
  t.after(() => decider.close());
  const first = await decider.decide(ask);
  await symlink(after, `${current}.new`);
  await rename(`${current}.new`, current);
  await decider.reload();
  const second = await decider.decide(ask);
  assert.deepEqual([first.reason.code, second.reason.code], ["permitted", "permitted"]);
  const { records } = (await decider.log?.list({})) ?? { records: [] };
  assert.deepEqual(
    records.map(({ id }) => id),
    [second.id, first.id],
  );
  await access(join(before, ".cordon", "cordon.db"));
});

test("a script that forgets to close ends all the same", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const module = new URL("./open-project.js", import.meta.url).href;
  const script = `
    const { openProject } = await import(${JSON.stringify(module)});
    const decider = await openProject(${JSON.stringify(directory)}, { log: false });
    console.log((await decider.decide(${JSON.stringify(ask)})).decision);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
  });
  assert.equal(stdout.trim(), "allow");
});
