import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { DecisionRequest } from "@cordon/engine";
import { openProject } from "../../project/open-project.js";
import type { ProjectDecider, ProjectOptions } from "../../project/project-decider.js";
import type { Source } from "../../sources/index.js";
import { MemorySource } from "../../testing-internal/memory-source.js";
import { tempProject } from "../../testing-internal/temp-project.js";

const SCHEMA = `
entity Group in [Group];
entity User in [Group] = { level: Long, suspended?: Bool, name?: String };
entity Ticket = { owner: User, secret?: Bool, status: String } tags String;
action "read" appliesTo { principal: [User], resource: [Ticket], context: { hour?: Long } };
action "close" appliesTo { principal: [User], resource: [Ticket] };
action "list" appliesTo { principal: [User], resource: [Ticket] };
`;

const POLICIES = `
@id("owner")
permit (principal, action == Action::"read", resource) when { resource.owner == principal };
@id("staff")
permit (principal in Group::"staff", action == Action::"read", resource) when { resource.status == "open" };
@id("suspended")
forbid (principal, action == Action::"read", resource) when { principal has suspended && principal.suspended };
@id("seniors-close")
permit (principal, action == Action::"close", resource) when { principal.level > 5 && resource.status == "open" };
@id("anybody-lists")
permit (principal, action == Action::"list", resource);
`;

function directory(options = {}): MemorySource {
  return new MemorySource(
    "directory",
    {
      User: { attributes: ["level", "suspended", "name"], parents: ["Group"] },
      Group: { parents: ["Group"] },
    },
    options,
  )
    .put("Group", "everyone", {})
    .put("Group", "staff", { parents: [["Group", "everyone"]] })
    .put("Group", "billing", { parents: [["Group", "staff"]] })
    .put("User", "ann", { attrs: { level: 3 }, parents: [["Group", "billing"]] })
    .put("User", "bob", { attrs: { level: 1, suspended: true }, parents: [["Group", "staff"]] })
    .put("User", "cy", { attrs: { level: 1 }, parents: [] });
}

async function tickets(options = {}): Promise<MemorySource> {
  const { EntityUid } = await import("@cordon/engine");
  return new MemorySource(
    "tickets",
    { Ticket: { attributes: ["owner", "secret", "status"], tags: true } },
    options,
  )
    .put("Ticket", "T1", { attrs: { owner: EntityUid.of("User", "ann"), status: "closed" } })
    .put("Ticket", "T2", { attrs: { owner: EntityUid.of("User", "cy"), status: "open" } });
}

async function open(
  t: TestContext,
  sources: Source[],
  options: ProjectOptions = {},
  files = {},
): Promise<ProjectDecider> {
  const project = await tempProject(t, {
    "policies/a.cedar": POLICIES,
    "schema.cedarschema": SCHEMA,
    ...files,
  });
  const decider = await openProject(project, { watch: false, log: false, ...options, sources });
  t.after(() => decider.close());
  return decider;
}

function read(user: string, ticket: string): DecisionRequest {
  return { principal: `User::"${user}"`, action: "read", resource: `Ticket::"${ticket}"` };
}

describe("decisions on what sources say", () => {
  const table = [
    ["ann", "T1", "allow", "permitted"],
    ["ann", "T2", "allow", "permitted"],
    ["bob", "T2", "deny", "forbidden"],
    ["cy", "T1", "deny", "no_permit"],
    ["cy", "T2", "allow", "permitted"],
    ["nobody", "T2", "deny", "no_permit"],
    ["ann", "T9", "deny", "no_permit"],
  ] as const;
  for (const [user, ticket, decision, code] of table) {
    it(`${user} reads ${ticket}: ${decision}`, async (t) => {
      const decider = await open(t, [directory(), await tickets()]);
      const answer = await decider.decide(read(user, ticket));
      assert.deepEqual([answer.decision, answer.reason.code], [decision, code], answer.reason.message);
    });
  }

  it("asks nothing where no policy needs anything", async (t) => {
    const users = directory();
    const decider = await open(t, [users, await tickets()]);
    const answer = await decider.decide({ ...read("ann", "T1"), action: "list" });
    assert.equal(answer.decision, "allow");
    assert.equal(users.asked.length, 0);
  });

  it("stops asking once the rest can't change the answer", async (t) => {
    const users = directory();
    const source = await tickets();
    const decider = await open(t, [users, source]);
    const { decision, sources } = await decider.explain({ ...read("cy", "T2"), action: "close" });
    assert.equal(decision.reason.code, "no_permit");
    assert.equal(source.asked.length, 0);
    assert.deepEqual(
      sources?.fetched.map(({ source, entity, parents }) => [source, entity, parents]),
      [["directory", 'User::"cy"', false]],
    );
    assert.deepEqual(sources?.notFetched, [
      { source: "directory", entity: 'User::"cy"', what: ["parents"] },
      { source: "tickets", entity: 'Ticket::"T2"', what: ["owner", "status"] },
    ]);
    assert.deepEqual([sources?.rounds, sources?.openPolicies], [1, []]);
  });

  it("asks for concurrent requests together, and for an id once", async (t) => {
    const users = directory();
    const source = await tickets();
    const decider = await open(t, [users, source]);
    const requests = Array.from({ length: 30 }, (_, n) =>
      read(["ann", "bob", "cy"][n % 3] ?? "", `T${(n % 2) + 1}`),
    );
    const answers = await Promise.all(requests.map((request) => decider.decide(request)));
    assert.equal(answers.filter(({ decision }) => decision === "allow").length, 15);
    assert.ok(users.asked.length <= 4, `${users.asked.length} questions`);
    assert.ok(source.asked.length <= 2, `${source.asked.length} questions`);
    const many = await decider.decideMany(requests);
    assert.deepEqual(
      many.map((item) => "decision" in item && item.decision),
      answers.map(({ decision }) => decision),
    );
  });

  it("lets nobody say what a source owns", async (t) => {
    const decider = await open(t, [directory(), await tickets()]);
    const answer = await decider.decide({
      principal: { type: "User", id: "bob", properties: { suspended: false, level: 9 } },
      action: "read",
      resource: {
        type: "Ticket",
        id: "T9",
        properties: { status: "open", owner: { type: "User", id: "bob" } },
      },
    });
    assert.deepEqual([answer.decision, answer.reason.code], ["deny", "forbidden"]);
    assert.deepEqual(answer.ignored.sort(), [
      "/principal/properties/level",
      "/principal/properties/suspended",
      "/resource/properties/owner",
      "/resource/properties/status",
    ]);
  });

  it("takes the caller's word first where the type says so", async (t) => {
    const types = new Map([["User", { precedence: ["caller", "source"] as const }]]);
    const decider = await open(t, [directory({ types }), await tickets()]);
    const request = {
      ...read("bob", "T2"),
      principal: { type: "User", id: "bob", properties: { suspended: false } },
    };
    assert.equal((await decider.decide(request)).decision, "allow");
    assert.equal((await decider.decide(read("bob", "T2"))).decision, "deny");
  });

  it("takes from the project's files what no source owns", async (t) => {
    const users = new MemorySource("levels", { User: { attributes: ["level"] } }).put("User", "ann", {
      attrs: { level: 3 },
    });
    const files = {
      "entities/all.json": JSON.stringify([
        { uid: { type: "Group", id: "staff" }, attrs: {}, parents: [] },
        {
          uid: { type: "User", id: "ann" },
          attrs: { level: 1, suspended: false },
          parents: [{ type: "Group", id: "staff" }],
        },
      ]),
    };
    const decider = await open(t, [users, await tickets()], {}, files);
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow");
  });
});

describe("sources that fail", () => {
  it("denies with the name of the source", async (t) => {
    const users = directory({ retries: 0 });
    users.failWith(users.down());
    const decider = await open(t, [users, await tickets()]);
    const answer = await decider.decide(read("ann", "T1"));
    assert.deepEqual([answer.decision, answer.reason.code], ["deny", "source_unavailable"]);
    assert.match(answer.reason.message, /`directory`/);
    assert.deepEqual(answer.unavailable, [
      { source: "directory", code: "source_unreachable", message: "it can't be reached" },
    ]);
  });

  it("answers all the same where what is missing changes nothing", async (t) => {
    const source = await tickets({ retries: 0 });
    source.failWith(source.down());
    const decider = await open(t, [directory(), source]);
    const forbidden = await decider.decide(read("bob", "T2"));
    assert.deepEqual([forbidden.decision, forbidden.reason.code], ["deny", "forbidden"]);
    const unknown = await decider.decide(read("ann", "T2"));
    assert.equal(unknown.reason.code, "source_unavailable");
  });

  it("fails the entity whose data is not as the schema says", async (t) => {
    const users = directory()
      .put("User", "dee", { attrs: { level: "high" } })
      .put("User", "eve", {});
    const decider = await open(t, [users, await tickets()]);
    for (const user of ["dee", "eve"]) {
      const { reason, unavailable } = await decider.decide(read(user, "T2"));
      assert.equal(reason.code, "source_unavailable");
      assert.equal(unavailable?.[0]?.code, "source_mismatch");
      assert.match(reason.message, /level/);
    }
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow");
  });

  it("is out of time when the request's time is over", async (t) => {
    const users = directory({ retries: 0, timeoutMs: 10_000 });
    users.delayMs = 5_000;
    const decider = await open(
      t,
      [users, await tickets()],
      {},
      { "cordon.yaml": "resolve: { deadline: 60ms }\n" },
    );
    const started = performance.now();
    const answer = await decider.decide(read("ann", "T1"));
    assert.ok(performance.now() - started < 4_000);
    assert.equal(answer.unavailable?.[0]?.code, "source_given_up");
  });

  it("is out of time in the queue of a source as well", async (t) => {
    const users = directory({ concurrency: 1, timeoutMs: 60_000, retries: 0 });
    users.delayMs = 60_000;
    const files = { "cordon.yaml": "resolve: { deadline: 200ms }\n" };
    const decider = await open(t, [users, await tickets()], {}, files);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const first = decider.decide(read("cy", "T2"));
    // What is asked now waits until the source has a place, and is dropped from there unasked.
    while (users.asked.length === 0) await pause(5);
    const queued = decider.decide(read("ann", "T1"));
    await pause(120);
    // This one joins what is under way, which so goes on for longer than the one in the queue can wait.
    const joined = decider.decide(read("cy", "T2"));
    for (const answer of [first, queued, joined]) {
      assert.equal((await answer).reason.code, "source_unavailable");
    }
  });

  it("leaves with whoever asks", async (t) => {
    const users = directory({ retries: 0, timeoutMs: 10_000 });
    users.delayMs = 5_000;
    const decider = await open(t, [users, await tickets()]);
    const signal = AbortSignal.timeout(30);
    await assert.rejects(decider.decide(read("ann", "T1"), { signal }), { name: "TimeoutError" });
  });

  it("repeats a question that failed in passing", async (t) => {
    const users = directory({ retries: 2 });
    let failures = 2;
    users.onFetch = () => {
      if (failures-- > 0) throw users.down();
    };
    const decider = await open(t, [users, await tickets()]);
    assert.equal((await decider.decide(read("ann", "T1"))).decision, "allow");
  });

  it("goes on with what it has, for a while, and says so", async (t) => {
    const users = directory({ retries: 0, staleIfErrorMs: 60_000 });
    const decider = await open(t, [users, await tickets()]);
    assert.equal((await decider.decide(read("ann", "T1"))).stale, undefined);
    users.failWith(users.down());
    const answer = await decider.decide(read("ann", "T1"));
    assert.equal(answer.decision, "allow");
    assert.equal(answer.stale?.[0]?.source, "directory");
    const fresh = await decider.decide(read("ann", "T1"), { maxAge: 0 });
    assert.equal(fresh.reason.code, "source_unavailable");
    users.tell({ type: "User", id: "ann" });
    const told = await decider.decide(read("ann", "T1"));
    assert.equal(told.reason.code, "source_unavailable", "what a change made stale is not used");
  });
});

describe("freshness", () => {
  it("keeps answers as long as they may be old, and no longer where the caller wants it fresher", async (t) => {
    const users = directory({ maxAgeMs: 60_000 });
    const decider = await open(t, [users, await tickets({ maxAgeMs: 60_000 })]);
    await decider.decide(read("ann", "T2"));
    const asked = users.asked.length;
    await decider.decide(read("ann", "T2"));
    assert.equal(users.asked.length, asked);
    await decider.decide(read("ann", "T2"), { maxAge: 0 });
    assert.ok(users.asked.length > asked);
  });

  it("takes the age of attributes by themselves", async (t) => {
    const types = new Map([["User", { attributes: new Map([["suspended", { maxAgeMs: 0 }]]) }]]);
    const users = directory({ maxAgeMs: 60_000, types });
    const decider = await open(t, [users, await tickets({ maxAgeMs: 60_000 })]);
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow");
    users.put("User", "ann", { attrs: { level: 3, suspended: true }, parents: [["Group", "billing"]] });
    assert.equal((await decider.decide(read("ann", "T2"))).reason.code, "forbidden");
  });

  it("has a revoked membership take effect on the next decision after the push", async (t) => {
    const users = directory({ maxAgeMs: 3_600_000 });
    const decider = await open(t, [users, await tickets({ maxAgeMs: 3_600_000 })]);
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow");
    users.put("User", "ann", { attrs: { level: 3 }, parents: [] });
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow", "nobody told");
    users.tell({ type: "User", id: "ann" });
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "deny");
    users.put("Group", "staff", {});
    users.put("User", "ann", { attrs: { level: 3 }, parents: [["Group", "billing"]] });
    users.tell({});
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "allow");
    users.put("Group", "billing", {});
    users.tell({ type: "Group" });
    assert.equal((await decider.decide(read("ann", "T2"))).decision, "deny");
  });

  it("doesn't keep an answer that a change overtook", async (t) => {
    const users = directory({ maxAgeMs: 3_600_000 });
    const decider = await open(t, [users, await tickets()]);
    let answer: (() => void) | undefined;
    users.onFetch = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    const early = decider.decide(read("ann", "T2"));
    while (answer === undefined) await new Promise(setImmediate);
    // Read, and not yet here.
    users.put("User", "ann", { attrs: { level: 3, suspended: true }, parents: [] });
    users.tell({ type: "User", id: "ann" });
    users.onFetch = undefined;
    const late = decider.decide(read("ann", "T2"));
    assert.equal((await late).reason.code, "forbidden");
    answer();
    await early;
    assert.equal((await decider.decide(read("ann", "T2"))).reason.code, "forbidden");
  });
});
