import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Decision, DecisionRequest } from "@cordon/engine";
import fc from "fast-check";
import type { DecisionLog, DecisionRecordInput, StoredRecord } from "../log/index.js";
import { openProject } from "../project/open-project.js";
import type { ProjectDecider } from "../project/project-decider.js";
import { ProjectError } from "../project/project-error.js";
import { replayDecision } from "../project/project-replay.js";
import {
  NOON,
  OFFICE,
  type ProjectText,
  replaceFile,
  tempProject,
} from "../testing-internal/temp-project.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.CORDON_RUNS ?? 200);

async function open(t: TestContext, files: ProjectText = OFFICE) {
  const directory = await tempProject(t, files);
  const decider = await openProject(directory, { watch: false, clock: () => NOON, caller: "test" });
  t.after(() => decider.close());
  return { directory, decider };
}

async function recordOf(decider: ProjectDecider, id: string): Promise<StoredRecord> {
  const record = await decider.log?.get(id);
  assert.ok(record, `no record ${id}`);
  return record;
}

test("a record holds what the decision rested on, and where it came from", async (t) => {
  const { decider } = await open(t);
  const answer = await decider.decide(
    {
      principal: { type: "User", id: "kid", properties: { age: 20 } },
      action: { name: "pay", properties: { amount: 7, note: "toys" } },
      resource: 'Doc::"plan"',
    },
    { traceId: "0af7651916cd43dd8448eb211c80319c" },
  );
  assert.equal(answer.decision, "allow");
  const record = await recordOf(decider, answer.id);
  assert.deepEqual(
    [record.caller, record.traceId, record.bundleId, record.time, record.decision, record.reasonCode],
    ["test", "0af7651916cd43dd8448eb211c80319c", decider.bundle.id, NOON.toISOString(), "allow", "permitted"],
  );
  assert.deepEqual(record.policies, ["staff-pay"]);
  assert.deepEqual(record.request.added, ["action", "now"]);
  assert.deepEqual({ ...record.request.properties?.principal }, { age: 20 });
  const kid = record.entities.find((entity) => entity.uid.id === "kid");
  assert.deepEqual({ ...kid?.attrs }, { age: 20 });
  assert.deepEqual({ ...kid?.from }, { age: "caller" });
  assert.deepEqual(kid?.ancestors.map(({ id }) => id).sort(), ["everyone", "staff"]);
  assert.ok(record.durationUs > 0);
});

test("refused requests are logged and replayed as well", async (t) => {
  const { decider } = await open(t);
  const requests: DecisionRequest[] = [
    { principal: 'Robot::"r"', action: "read", resource: 'Doc::"plan"' },
    { principal: 'User::"ann"', action: "fly", resource: 'Doc::"plan"' },
    { principal: 'Group::"staff"', action: "read", resource: 'Doc::"plan"' },
  ];
  for (const request of requests) {
    const answer = await decider.decide(request);
    const replay = await decider.replay(answer.id);
    assert.deepEqual([replay.same, replay.record.reasonCode], [true, answer.reason.code]);
  }
});

test("a replay answers by the bundle of then, not by the one of now", async (t) => {
  const { directory, decider } = await open(t);
  const ask: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
  const before = await decider.decide(ask);
  await replaceFile(join(directory, "policies/office.cedar"), "forbid (principal, action, resource);");
  await decider.reload();
  const after = await decider.decide(ask);
  assert.deepEqual([before.decision, after.decision], ["allow", "deny"]);
  for (const { id, decision } of [before, after]) {
    const replay = await decider.replay(id);
    assert.deepEqual([replay.same, replay.decision, replay.differences], [true, decision, []]);
    assert.equal(replay.explanation.decision, decision);
  }
});

test("a store alone is enough to replay", async (t) => {
  const { directory, decider } = await open(t);
  const { id } = await decider.decide({ principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' });
  await replaceFile(join(directory, "policies/office.cedar"), "nonsense");
  assert.ok(decider.log !== null && decider.store !== null);
  const replay = await replayDecision(decider.log, decider.store, id);
  assert.deepEqual([replay.same, replay.decision], [true, "allow"]);
});

test("a replay of a record that says otherwise names the difference", async (t) => {
  const { decider } = await open(t);
  const answer = await decider.decide({ principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' });
  const forged: StoredRecord = { ...(await recordOf(decider, answer.id)), decision: "deny", policies: [] };
  const log = { ...decider.log, get: async () => forged } as unknown as DecisionLog;
  const other = await openProject(decider.directory, { log, watch: false });
  const { same, differences } = await other.replay(answer.id);
  assert.equal(same, false);
  assert.deepEqual(differences, [
    "the decision was deny and is now allow",
    "the determining policies was none and is now owner-reads",
  ]);
});

test("a replay without a record, or without a log, says so", async (t) => {
  const { decider } = await open(t);
  await assert.rejects(
    decider.replay("nothing"),
    (e) => e instanceof ProjectError && e.code === "record_missing",
  );
  const unlogged = await openProject(decider.directory, { log: false, watch: false });
  t.after(() => unlogged.close());
  await assert.rejects(unlogged.replay("nothing"), (e) => e instanceof ProjectError && e.code === "log_off");
});

test("a decision that can't be logged is a deny", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const appended: DecisionRecordInput[] = [];
  const log = {
    append: async (record: DecisionRecordInput) => {
      appended.push(record);
      if (appended.length > 1) throw new Error("disk full");
    },
    flush: async () => {},
  } as unknown as DecisionLog;
  const decider = await openProject(directory, { log, watch: false, clock: () => NOON });
  t.after(() => decider.close());
  const ask: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
  assert.equal((await decider.decide(ask)).decision, "allow");
  const denied = await decider.decide(ask);
  assert.deepEqual(
    [denied.decision, denied.reason.code, denied.policies, denied.obligations],
    ["deny", "log_unavailable", [], []],
  );
  const batch = await decider.decideMany([ask, ask], { semantic: "deny_on_first_deny" });
  assert.equal(batch.length, 1);
});

test(`a replay gives bit for bit what was answered (seed ${seed})`, async (t) => {
  const { decider } = await open(t, {
    ...OFFICE,
    "policies/more.cedar": `
      @id("addr") forbid (principal, action == Action::"read", resource)
        when { principal has address.zip && principal.address.zip + 1 > 9223372036854775806 };
      @id("lvl") permit (principal, action == Action::"read", resource)
        when { principal has level && principal.level.lessThan(decimal("3.5")) };
      @id("home") forbid (principal, action, resource)
        when { principal has home && principal.home.isInRange(ip("10.0.0.0/8")) };
      @id("boss") permit (principal, action == Action::"read", resource)
        when { principal has boss && principal.boss in Group::"staff" && principal.boss.age > 18 };
      @id("names") permit (principal, action == Action::"read", resource)
        when { principal has names && principal.names.containsAny(["a", "\\u{1f600}"]) };
      @id("joined") forbid (principal, action in [Action::"read", Action::"pay"], resource)
        when { principal has joined && principal.joined.offset(duration("1d")) > context.now };`,
  });
  const id = fc.constantFrom("ann", "kid", "new", "__proto__", 'q"\\', "😀");
  const properties = fc.record(
    {
      age: fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      level: fc.constantFrom("1.5", 3.25, "-0.0001", 7),
      home: fc.constantFrom("10.1.2.3", "::1", "192.168.0.0/16"),
      joined: fc.constantFrom("2026-03-04", "2026-03-03T12:00:00.001Z", "0001-01-01"),
      boss: fc.record({ type: fc.constant("User"), id }),
      names: fc.array(fc.constantFrom("a", "b", "😀", "")),
      address: fc.record(
        { city: fc.string(), zip: fc.bigInt({ min: 2n ** 63n - 9n, max: 2n ** 63n - 1n }) },
        { requiredKeys: ["city"] },
      ),
    },
    { requiredKeys: [] },
  );
  const user = fc.record({ type: fc.constant("User"), id, properties }, { requiredKeys: ["type", "id"] });
  const doc = fc.record(
    {
      type: fc.constant("Doc"),
      id: fc.constantFrom("plan", "other"),
      properties: fc.record(
        { public: fc.boolean(), owner: fc.record({ type: fc.constant("User"), id }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["type", "id"] },
  );
  const action = fc.oneof(
    fc.constant("read"),
    fc.record({
      name: fc.constant("pay"),
      properties: fc.record({ amount: fc.integer({ min: 0, max: 200 }) }),
    }),
  );
  const request = fc.record({ principal: user, action, resource: doc });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 5 }), async (requests) => {
      const answers = await decider.decideMany(requests as DecisionRequest[]);
      for (const answer of answers) {
        assert.ok("decision" in answer, JSON.stringify(answer));
        await replaysAs(decider, answer);
        seen.add(answer.reason.code);
      }
    }),
    { seed, numRuns: Math.ceil(runs / 5) },
  );
  for (const code of ["permitted", "forbidden", "no_permit", "forbid_errored"])
    assert.ok(seen.has(code), code);
});

async function replaysAs(decider: ProjectDecider, answer: Decision): Promise<void> {
  const replay = await decider.replay(answer.id);
  assert.deepEqual(replay.differences, []);
  assert.equal(replay.decision, answer.decision);
  assert.deepEqual(
    replay.record.errors.map((e) => ({ ...e })),
    answer.errors,
  );
}
