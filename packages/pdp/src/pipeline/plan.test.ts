import assert from "node:assert/strict";
import { test } from "node:test";
import { type EntityInput, type PlanRequest, RequestError } from "@cordon/engine";
import type { DecisionLog } from "../log/index.js";
import { openProject } from "../project/open-project.js";
import type { ProjectDecider } from "../project/project-decider.js";
import { openOffice } from "../testing-internal/office.js";
import { tempProject } from "../testing-internal/temp-project.js";
import type { ProjectPlan } from "./plan.js";

const FILES = {
  "schema.cedarschema": `
entity Region in [Region];
entity Group in [Group];
entity User in [Group] = { level: Long, regions: Set<Region> };
entity Folder in [Region];
entity Doc in [Folder] = { owner: User, level: Long, public?: Bool, title: String, readers: Set<Group> };
action "read", "write", "list", "burn", "odd" appliesTo {
  principal: [User], resource: [Doc], context: { now: datetime, code?: String }
};
action "greet" appliesTo { principal: [User], resource: [User], context: { now: datetime } };
`,
  "policies/a.cedar": `
@id("owner") @reason("owners read")
permit (principal, action in [Action::"read", Action::"write"], resource) when { resource.owner == principal };
@id("region")
permit (principal in Group::"staff", action == Action::"read", resource) when { resource in principal.regions };
@id("level") @reason("too high")
forbid (principal, action == Action::"read", resource) when { resource.level > principal.level };
@id("list-all")
permit (principal, action == Action::"list", resource);
@id("list-optional")
forbid (principal in Group::"staff", action == Action::"list", resource) unless { resource has public && resource.public };
@id("burn")
permit (principal, action == Action::"burn", resource) when { context has code && context.code == "x" };
@id("odd")
permit (principal, action == Action::"odd", resource)
when { resource.title like "*x*" && principal.regions.contains(Region::"eu") };
@id("greet")
permit (principal, action == Action::"greet", resource is User);
`,
  "entities/e.json": JSON.stringify([
    { uid: { type: "Region", id: "world" }, attrs: {}, parents: [] },
    { uid: { type: "Region", id: "eu" }, attrs: {}, parents: [{ type: "Region", id: "world" }] },
    { uid: { type: "Folder", id: "eu-docs" }, attrs: {}, parents: [{ type: "Region", id: "eu" }] },
    { uid: { type: "Group", id: "staff" }, attrs: {}, parents: [] },
    {
      uid: { type: "User", id: "ann" },
      attrs: { level: 2, regions: [{ type: "Region", id: "world" }] },
      parents: [{ type: "Group", id: "staff" }],
    },
    { uid: { type: "User", id: "bob" }, attrs: { level: 1, regions: [] }, parents: [] },
  ]),
};

const ask = (principal: EntityInput, action: string, extra: Partial<PlanRequest> = {}): PlanRequest => ({
  principal,
  action,
  resourceType: "Doc",
  ...extra,
});
const ANN = 'User::"ann"';
const BOB = 'User::"bob"';

test("a plan is always, never, or when a predicate holds", async (t) => {
  const decider = await openOffice(t, FILES);
  const cases: [PlanRequest, ProjectPlan["outcome"], string[]][] = [
    [ask(ANN, "read"), "when", ["owner", "region", "level"]],
    [ask(BOB, "read"), "when", ["owner", "level"]],
    [ask(BOB, "list"), "always", ["list-all"]],
    [ask(ANN, "list"), "when", ["list-all", "list-optional"]],
    [ask(BOB, "burn"), "never", []],
    [ask(BOB, "burn", { context: { code: "x" } }), "always", ["burn"]],
    [ask(BOB, "odd"), "never", []],
    [ask(ANN, "greet", { resourceType: "User" }), "always", ["greet"]],
  ];
  for (const [request, outcome, policies] of cases) {
    const plan = await decider.plan(request);
    assert.equal(plan.outcome, outcome, JSON.stringify(request));
    assert.deepEqual(
      plan.policies.map(({ id }) => id),
      policies,
      JSON.stringify(request),
    );
    assert.equal(plan.exact, true);
    assert.equal(plan.bundleId, decider.bundle.id);
    assert.match(plan.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  }
});

test("what the files say of the hierarchy is in the predicate", async (t) => {
  const decider = await openOffice(t, FILES);
  const plan = await decider.plan(ask(ANN, "read"));
  const region = plan.policies.find(({ id }) => id === "region");
  const text = JSON.stringify(region?.predicate);
  for (const id of ["world", "eu", "eu-docs"]) assert.ok(text.includes(`"id":"${id}"`), text);
});

test("properties that the caller gives of the principal count, and of no one else", async (t) => {
  const decider = await openOffice(t, FILES);
  const plan = await decider.plan(
    ask({ type: "User", id: "bob", properties: { level: 9, shoe: 43 } }, "read"),
  );
  assert.ok(JSON.stringify(plan).includes('"value":"9"'));
  assert.deepEqual(plan.ignored, ["/principal/properties/shoe"]);
});

test("what the schema doesn't know is planned as never, with the reason", async (t) => {
  const decider = await openOffice(t, FILES);
  const cases: [PlanRequest, string][] = [
    [ask('Robot::"r2"', "read"), "unknown_principal_type"],
    [ask(ANN, "read", { resourceType: "Planet" }), "unknown_resource_type"],
    [ask(ANN, "paint"), "unknown_action"],
    [ask(ANN, "read", { resourceType: "User" }), "action_not_applicable"],
  ];
  for (const [request, code] of cases) {
    const plan = await decider.plan(request);
    assert.equal(plan.outcome, "never");
    assert.equal(plan.reason?.code, code);
  }
});

test("a malformed request is refused where it is wrong", async (t) => {
  const decider = await openOffice(t, FILES);
  const cases: [unknown, code: string, path: string][] = [
    [null, "request_invalid", ""],
    [{ principal: ANN, action: "read" }, "member_missing", "/resourceType"],
    [{ ...ask(ANN, "read"), resourceType: 7 }, "member_type", "/resourceType"],
    [ask(ANN, "read", { resourceType: "" }), "member_empty", "/resourceType"],
    [{ ...ask(ANN, "read"), approximate: "yes" }, "member_type", "/approximate"],
    [ask("ann", "read"), "entity_uid_syntax", "/principal"],
    [ask(ANN, "read", { context: { code: 7 } }), "value_type", "/context/code"],
    [ask(ANN, "read", { context: { credentials: {} } }), "member_reserved", "/context/credentials"],
  ];
  for (const [request, code, path] of cases) {
    const error = await refusal(decider, request);
    assert.deepEqual([error.code, error.path], [code, path], JSON.stringify(request));
    assert.notEqual(error.help, "");
  }
});

test("what no filter can express is refused, naming policy and clause, unless it may be left open", async (t) => {
  const decider = await openOffice(t, {
    ...FILES,
    "policies/b.cedar": `@id("nested") permit (principal, action == Action::"burn", resource)
      when { resource.owner in resource.readers };`,
  });
  const error = await refusal(decider, ask(BOB, "burn"));
  assert.equal(error.code, "not_plannable");
  assert.match(error.message, /, in `resource.owner in resource.readers` of policy `nested`$/);
  const plan = await decider.plan(ask(BOB, "burn", { approximate: true }));
  assert.deepEqual([plan.outcome, plan.exact], ["when", false]);
});

test("what depends on the same is planned once", async (t) => {
  const decider = await openOffice(t, FILES);
  const [first, second, other] = [
    await decider.plan(ask(ANN, "read")),
    await decider.plan(ask(ANN, "read", { context: { code: "not asked for" } })),
    await decider.plan(ask(BOB, "read")),
  ];
  assert.ok(first?.outcome === "when" && second?.outcome === "when" && other?.outcome === "when");
  assert.equal(first.predicate, second.predicate);
  assert.notEqual(first.id, second.id);
  assert.notDeepEqual(first.predicate, other.predicate);
});

async function refusal(decider: ProjectDecider, request: unknown): Promise<RequestError> {
  try {
    await decider.plan(request as PlanRequest);
  } catch (error) {
    assert.ok(error instanceof RequestError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `not refused: ${JSON.stringify(request)}` });
}

test("a plan is an answer, and the log has it: who was told what, by which policies", async (t) => {
  const directory = await tempProject(t, FILES);
  const decider = await openProject(directory, { watch: false, caller: "portal" });
  t.after(() => decider.close());
  const { log } = decider;
  assert.ok(log);
  for (const [request, outcome, decision, reasonCode] of [
    [ask(ANN, "read"), "when", "allow", "permitted"],
    [ask(BOB, "list"), "always", "allow", "permitted"],
    [ask(BOB, "burn"), "never", "deny", "no_permit"],
    [ask(BOB, "fly"), "never", "deny", "unknown_action"],
  ] as const) {
    const { id, policies } = await decider.plan(request);
    const record = await log.get(id);
    assert.ok(record);
    assert.deepEqual(
      [record.plan, record.decision, record.reasonCode, record.caller, record.replayable],
      [{ outcome, exact: true }, decision, reasonCode, "portal", false],
    );
    assert.deepEqual(record.request.resource, { type: "Doc", id: "" });
    assert.deepEqual(
      record.policies,
      policies.map((policy) => policy.id),
    );
    await assert.rejects(decider.replay(id), {
      code: "not_replayable",
      message: `\`${id}\` is a plan, and no decision`,
    });
  }
  const listed = await log.list({ principal: ANN });
  assert.deepEqual(
    listed.records.map(({ plan }) => plan?.outcome),
    ["when"],
  );
  assert.equal((await log.verify()).ok, true);
});

test("a plan that can't be logged is not given out", async (t) => {
  const directory = await tempProject(t, FILES);
  const append = async (): Promise<void> => {
    throw new Error("disk full");
  };
  const log = { append, flush: async () => {} } as unknown as DecisionLog;
  const decider = await openProject(directory, { watch: false, log });
  t.after(() => decider.close());
  await assert.rejects(decider.plan(ask(ANN, "read")), {
    code: "store_unavailable",
    message: "the plan could not be logged",
  });
});
