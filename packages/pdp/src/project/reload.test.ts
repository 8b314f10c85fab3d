import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Decision, DecisionRequest } from "@cordon/engine";
import {
  ENTITIES,
  eventually,
  NOON,
  OFFICE,
  type ProjectText,
  replaceFile,
  tempProject,
  writeFiles,
} from "../testing-internal/temp-project.js";
import { openProject } from "./open-project.js";
import type { ProjectDecider } from "./project-decider.js";
import { DEFAULT_TIMINGS } from "./project-watch.js";

/** The budget from an edit to its being enforced, in milliseconds. */
const BUDGET_MS = 200;
/** Asserted with room for a busy machine; the figure itself is printed. */
const ROOM = 10;

const ask: DecisionRequest = { principal: 'User::"u"', action: "a", resource: 'R::"r"' };
const permit = (id = "p") => `@id("${id}") permit (principal, action, resource);`;
const forbid = (id = "f") => `@id("${id}") forbid (principal, action, resource);`;

async function open(t: TestContext, directory: string): Promise<ProjectDecider> {
  const decider = await openProject(directory, { log: false, clock: () => NOON });
  t.after(() => decider.close());
  return decider;
}

async function becomes(decider: ProjectDecider, wanted: "allow" | "deny", t: TestContext): Promise<Decision> {
  const { value, ms } = await eventually(async () => {
    const answer = await decider.decide(ask);
    return answer.decision === wanted && answer;
  });
  t.diagnostic(`enforced after ${Math.round(ms)} ms`);
  assert.ok(ms < BUDGET_MS * ROOM, `enforced after ${ms} ms`);
  return value;
}

test("an edit, an edit by rename, a new and a removed file are enforced", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": permit() });
  const decider = await open(t, directory);
  const first = decider.bundle.id;
  assert.equal((await decider.decide(ask)).decision, "allow");

  await writeFile(join(directory, "policies/a.cedar"), forbid());
  const denied = await becomes(decider, "deny", t);
  assert.notEqual(denied.bundleId, first);

  await replaceFile(join(directory, "policies/a.cedar"), permit());
  assert.equal((await becomes(decider, "allow", t)).bundleId, first);

  await writeFile(join(directory, "policies/b.cedar"), forbid());
  await becomes(decider, "deny", t);
  await unlink(join(directory, "policies/b.cedar"));
  await becomes(decider, "allow", t);

  await mkdir(join(directory, "policies/more/deep"), { recursive: true });
  await writeFile(join(directory, "policies/more/deep/c.cedar"), forbid());
  await becomes(decider, "deny", t);
  await replaceFile(join(directory, "policies/more/deep/c.cedar"), permit("q"));
  await becomes(decider, "allow", t);
  await writeFile(join(directory, "policies/more/deep/d.cedar"), forbid());
  await becomes(decider, "deny", t);
  await rm(join(directory, "policies/more"), { recursive: true });
  await becomes(decider, "allow", t);
});

test("policies directly in the folder are followed as well", async (t) => {
  const directory = await tempProject(t, { "a.cedar": permit() });
  const decider = await open(t, directory);
  await writeFile(join(directory, "b.cedar"), forbid());
  await becomes(decider, "deny", t);
  await unlink(join(directory, "b.cedar"));
  await becomes(decider, "allow", t);
  await writeFiles(directory, { "policies/c.cedar": forbid() });
  await becomes(decider, "deny", t);
});

for (const [name, layout] of [
  ["the project folder", { folder: "policies/", link: "current", prefix: "", project: "current" }],
  [
    "a folder above the project",
    { folder: "app/policies/", link: "current", prefix: "", project: "current/app" },
  ],
  ["a link to a link", { folder: "policies/", link: "latest", prefix: "", project: "current" }],
  ["policies/", { folder: "", link: "project/policies", prefix: "../", project: "project" }],
] as const) {
  test(`a swapped symbolic link is enforced: ${name}`, async (t) => {
    const file = (version: string) => `${version}/${layout.folder}a.cedar`;
    const root = await tempProject(t, { [file("v1")]: permit(), [file("v2")]: forbid(), "project/x": "" });
    const swap = async (version: string): Promise<void> => {
      await symlink(`${layout.prefix}${version}`, join(root, "swap"));
      await rename(join(root, "swap"), join(root, layout.link));
    };
    await swap("v1");
    if (layout.link === "latest") await symlink("latest", join(root, "current"));
    const decider = await open(t, join(root, layout.project));
    assert.equal((await decider.decide(ask)).decision, "allow");
    await swap("v2");
    await becomes(decider, "deny", t);
    await swap("v1");
    await becomes(decider, "allow", t);
    await writeFile(join(root, file("v1")), forbid());
    await becomes(decider, "deny", t);
  });
}

test("a folder moved away with another moved into its place is enforced", async (t) => {
  const root = await tempProject(t, { "live/policies/a.cedar": permit(), "next/policies/a.cedar": forbid() });
  const decider = await open(t, join(root, "live"));
  await rename(join(root, "live"), join(root, "old"));
  await rename(join(root, "next"), join(root, "live"));
  await becomes(decider, "deny", t);
  await writeFile(join(root, "live/policies/a.cedar"), permit());
  await becomes(decider, "allow", t);
});

test("what no longer validates changes nothing but the status, and heals with the next good edit", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": permit() });
  const decider = await open(t, directory);
  const events: string[] = [];
  decider.on("reload", (status) => events.push(`reload ${status.state}`));
  decider.on("reload_failed", (status) => events.push(`failed ${status.state}`));
  const { bundle } = decider;

  await writeFile(join(directory, "policies/a.cedar"), "forbid (principal, action, resource");
  await eventually(() => decider.status.state === "stale");
  assert.equal(decider.bundle, bundle);
  assert.equal((await decider.decide(ask)).decision, "allow");
  assert.equal(decider.status.diagnostics[0]?.file, "policies/a.cedar");
  assert.match(decider.status.lastReloadError?.message ?? "", /^policies\/a\.cedar:1:\d+: /);

  await writeFile(join(directory, "policies/a.cedar"), forbid());
  await becomes(decider, "deny", t);
  assert.equal(decider.status.state, "ok");
  assert.equal(decider.status.lastReloadError, undefined);
  assert.deepEqual(events, ["failed stale", "reload ok"]);
});

test("an edit taken back heals without a swap, and a vanished folder keeps the last good version", async (t) => {
  const directory = await tempProject(t, { "p/policies/a.cedar": permit() });
  const project = join(directory, "p");
  const decider = await open(t, project);
  await writeFile(join(project, "policies/a.cedar"), "nonsense");
  await eventually(() => decider.status.state === "stale");
  await writeFile(join(project, "policies/a.cedar"), permit());
  await eventually(() => decider.status.state === "ok");

  await rename(project, join(directory, "gone"));
  await eventually(() => decider.status.state === "stale");
  assert.equal((await decider.decide(ask)).decision, "allow");
  await rename(join(directory, "gone"), project);
  await eventually(() => decider.status.state === "ok");
});

test("a file that is empty for a moment is not taken for a project without its policies", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": permit(), "policies/b.cedar": forbid() });
  const decider = await open(t, directory);
  const path = join(directory, "policies/b.cedar");
  for (let i = 0; i < 3; i++) {
    const emptied = performance.now();
    await writeFile(path, "");
    for (let waited = 0; waited < 10; waited++) {
      await new Promise((wake) => setTimeout(wake, 15));
      const { decision } = await decider.decide(ask);
      // On a machine too busy to get here in time, the file has been empty for long enough to be meant.
      if (performance.now() - emptied < DEFAULT_TIMINGS.emptyQuietMs) assert.equal(decision, "deny");
    }
    await writeFile(path, forbid(`f${i}`));
    await eventually(async () => (await decider.decide(ask)).policies[0]?.id === `f${i}`);
  }
});

test("entities alone are reloaded under the same bundle", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const decider = await open(t, directory);
  const pay: DecisionRequest = {
    principal: 'User::"ann"',
    action: { name: "pay", properties: { amount: 1 } },
    resource: 'Doc::"plan"',
  };
  const before = await decider.decide(pay);
  assert.deepEqual([before.decision, decider.status.entities], ["allow", 5]);
  const path = join(directory, "entities/office.json");
  const withoutGroup = JSON.stringify(
    (JSON.parse(ENTITIES) as { uid: { id: string }; parents: unknown[] }[]).map((entity) =>
      entity.uid.id === "ann" ? { ...entity, parents: [] } : entity,
    ),
  );
  await replaceFile(path, withoutGroup);
  const { value, ms } = await eventually(async () => {
    const answer = await decider.decide(pay);
    return answer.decision === "deny" && answer;
  });
  t.diagnostic(`enforced after ${Math.round(ms)} ms`);
  assert.equal(value.bundleId, before.bundleId);
});

test("reload() answers with the status and works without watching", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": permit() });
  const decider = await openProject(directory, { log: false, watch: false });
  t.after(() => decider.close());
  await writeFile(join(directory, "policies/a.cedar"), forbid());
  assert.equal((await decider.decide(ask)).decision, "allow");
  const status = await decider.reload();
  assert.deepEqual([status.state, status.bundleId], ["ok", decider.bundle.id]);
  assert.equal((await decider.decide(ask)).decision, "deny");
});

test("each of many decisions during swaps is answered by exactly one bundle", async (t) => {
  const version = (n: number): ProjectText => ({
    "policies/a.cedar": `@id("allow-${n}") permit (principal, action, resource) when { context.n != ${n} };`,
    "policies/b.cedar": `@id("deny-${n}") forbid (principal, action, resource) when { context.n == ${n} };`,
  });
  const root = await tempProject(t, {});
  for (const n of [0, 1, 2]) await writeFiles(join(root, `v${n}`), version(n));
  const swap = async (n: number): Promise<void> => {
    await symlink(`v${n}`, join(root, "swap"));
    await rename(join(root, "swap"), join(root, "current"));
  };
  await swap(0);
  const decider = await open(t, join(root, "current"));
  const versionOf = new Map<string, number>([[decider.bundle.id, 0]]);
  decider.on("reload", () => {
    const policy = Object.keys(decider.bundle.sources)[0] ?? "";
    versionOf.set(decider.bundle.id, Number(policy.split("-")[1]));
  });
  const answers: { n: number; answer: Decision }[] = [];
  let swapping = true;
  const client = async (): Promise<void> => {
    while (swapping) {
      const n = answers.length % 3;
      const batch = await decider.decideMany(Array.from({ length: 3 }, () => ({ ...ask, context: { n } })));
      const decisions = batch.filter((a): a is Decision => "decision" in a);
      assert.equal(new Set(decisions.map((d) => d.bundleId)).size, 1);
      for (const answer of decisions) answers.push({ n, answer });
      await new Promise((wake) => setTimeout(wake, 1));
    }
  };
  const clients = Array.from({ length: 67 }, client);
  for (let i = 1; i <= 6; i++) {
    await swap(i % 3);
    await eventually(() => versionOf.get(decider.bundle.id) === i % 3);
  }
  swapping = false;
  await Promise.all(clients);
  assert.equal(versionOf.size, 3);
  assert.ok(answers.length >= 200, String(answers.length));
  for (const { n, answer } of answers) {
    const v = versionOf.get(answer.bundleId);
    const expected = v === n ? ["deny", `deny-${v}`] : ["allow", `allow-${v}`];
    assert.deepEqual([answer.decision, answer.policies.map((p) => p.id).join()], expected);
  }
});
