import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { EntityUid, type PlanRequest, PlanUnavailable, RequestError } from "@cordon/engine";
import { openProject } from "../../project/open-project.js";
import type { ProjectDecider } from "../../project/project-decider.js";
import { MemorySource } from "../../testing-internal/memory-source.js";
import { tempProject } from "../../testing-internal/temp-project.js";

const FILES = {
  "schema.cedarschema": `
entity Group in [Group];
entity User in [Group] = { level: Long, suspended?: Bool, name?: String };
entity Ticket in [Group] = { owner: User, level: Long, group: Group };
action "read", "list", "open" appliesTo { principal: [User], resource: [Ticket] };
`,
  "policies/a.cedar": `
@id("level")
permit (principal in Group::"staff", action == Action::"read", resource) when { resource.level < principal.level };
@id("suspended")
forbid (principal, action == Action::"read", resource) when { principal has suspended && principal.suspended };
@id("group")
permit (principal, action == Action::"open", resource) when { principal in resource.group };
@id("list")
permit (principal, action == Action::"list", resource in Group::"staff");
`,
};

function directory(): MemorySource {
  return new MemorySource("directory", {
    User: { attributes: ["level", "suspended", "name"], parents: ["Group"] },
    Group: { parents: ["Group"] },
  })
    .put("Group", "everyone", {})
    .put("Group", "staff", { parents: [["Group", "everyone"]] })
    .put("Group", "billing", { parents: [["Group", "staff"]] })
    .put("User", "ann", { attrs: { level: 3 }, parents: [["Group", "billing"]] })
    .put("User", "bob", { attrs: { level: 4, suspended: true }, parents: [["Group", "staff"]] });
}

/** Whose rows a plan is about; it is never asked. */
function tickets(): MemorySource {
  return new MemorySource("tickets", {
    Ticket: { attributes: ["owner", "level", "group"], parents: ["Group"] },
  });
}

async function open(
  t: TestContext,
  files: Record<string, string> = {},
): Promise<{ decider: ProjectDecider; people: MemorySource; rows: MemorySource }> {
  const project = await tempProject(t, { ...FILES, ...files });
  const [people, rows] = [directory(), tickets()];
  const decider = await openProject(project, { watch: false, log: false, sources: [people, rows] });
  t.after(() => decider.close());
  return { decider, people, rows };
}

const ask = (user: string, action: string): PlanRequest => ({
  principal: `User::"${user}"`,
  action,
  resourceType: "Ticket",
});

test("what is asked of sources is what bears on the plan, and never rows", async (t) => {
  const { decider, people, rows } = await open(t);
  const plan = await decider.plan(ask("ann", "read"));
  assert.equal(plan.outcome, "when");
  assert.ok(JSON.stringify(plan.outcome === "when" && plan.predicate).includes('"value":"3"'));
  assert.deepEqual(
    plan.policies.map(({ id }) => id),
    ["level"],
  );
  assert.deepEqual(rows.asked, []);
  const before = people.asked.length;
  assert.ok(before > 0);
  // Whoever is suspended sees nothing, whatever else is in the directory.
  const none = await decider.plan(ask("bob", "read"));
  assert.deepEqual([none.outcome, none.policies.map(({ id }) => id)], ["never", ["suspended"]]);
});

test("of whom a row speaks, the groups are fetched up to the top", async (t) => {
  const { decider } = await open(t);
  const plan = await decider.plan(ask("ann", "open"));
  const text = JSON.stringify(plan);
  for (const group of ["billing", "staff", "everyone"]) assert.ok(text.includes(`"id":"${group}"`), text);
});

test("there is no plan without what it depends on", async (t) => {
  // Its time is not what this is about, and a busy machine must not make it so.
  const { decider, people } = await open(t, { "cordon.yaml": "resolve: { deadline: 60s }\n" });
  people.failWith(people.down());
  const error = await decider.plan(ask("ann", "open")).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PlanUnavailable, String(error));
  assert.match(error.message, /^what the plan depends on could not be found out: `directory`: /);
  assert.deepEqual(
    error.unavailable.map(({ source, code }) => [source, code]),
    [["directory", "source_unreachable"]],
  );
  // A plan that depends on no one's answer is made all the same.
  assert.equal((await decider.plan(ask("ann", "list"))).outcome, "when");
});

test("a hierarchy that is partly in files below what only a source knows is refused", async (t) => {
  const { decider } = await open(t, {
    "schema.cedarschema": FILES["schema.cedarschema"].replace(
      "entity Ticket in [Group]",
      "entity Shelf in [Group]; entity Ticket in [Group, Shelf]",
    ),
    "entities/e.json": JSON.stringify([
      { uid: { type: "Shelf", id: "s" }, attrs: {}, parents: [{ type: "Group", id: "billing" }] },
    ]),
  });
  await assert.rejects(
    decider.plan(ask("ann", "list")),
    (error) =>
      error instanceof RequestError && error.code === "not_plannable" && /Shelf::"s"/.test(error.message),
  );
});

test("the caller's leaving ends it", async (t) => {
  const { decider, people } = await open(t);
  people.delayMs = 5_000;
  const controller = new AbortController();
  const planning = decider.plan(ask("ann", "read"), { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("gone")), 20);
  await assert.rejects(planning, /gone/);
  assert.ok(people.asked.every(({ ids }) => ids.includes(EntityUid.of("User", "ann").id)));
});
