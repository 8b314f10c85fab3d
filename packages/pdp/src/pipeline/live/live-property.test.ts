import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CedarRecord, EntityStore, EntityUid } from "@cordon/engine";
import fc from "fast-check";
import {
  bundleOf,
  inFiles,
  joined,
  sourceSetOf,
  sourcesOf,
  type World,
  world,
  worldRequest,
} from "../../testing-internal/live-world.js";
import type { MemorySource } from "../../testing-internal/memory-source.js";
import { answerRequest } from "../answer.js";
import type { Call, Evaluated } from "../evaluate.js";
import { guardAnswer } from "../guard.js";
import { replayRecord, replaySnapshot } from "../replay.js";
import { buildSnapshot, DEFAULT_LIMITS, type Snapshot, withSources } from "../snapshot.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.CORDON_RUNS ?? 400);

const CALL: Call = {
  now: new Date("2026-03-04T12:00:00Z"),
  caller: "test",
  traceId: null,
  recording: true,
  explaining: false,
};

const ACTION = EntityUid.of("Action", "act");

interface Asked {
  readonly principal: EntityUid;
  readonly resource: EntityUid;
}

/** What the reference says with everything at hand. */
function oracle(given: World, { principal, resource }: Asked) {
  const { authorizer } = buildSnapshot(bundleOf(given.policies), EntityStore.from([]));
  const request = { principal, action: ACTION, resource, context: CedarRecord.EMPTY };
  const answer = authorizer.isAuthorized(request, EntityStore.from(joined(given)));
  return {
    ...guardAnswer(answer, authorizer),
    errors: new Set(answer.errors.map(({ policyId }) => policyId)),
  };
}

function snapshotOf(given: World, sources: readonly MemorySource[], ahead: boolean): Snapshot {
  const snapshot = buildSnapshot(bundleOf(given.policies), EntityStore.from(inFiles(given)));
  return withSources(snapshot, sourceSetOf(sources), { ...DEFAULT_LIMITS, deadlineMs: 500, ahead });
}

function ask(snapshot: Snapshot, { principal, resource }: Asked): Evaluated | Promise<Evaluated> {
  const asked = { principal: principal.toString(), action: 'Action::"act"', resource: resource.toString() };
  return answerRequest(snapshot, asked, CALL);
}

/** Everything that holds of an answer, whatever failed. */
function check(evaluated: Evaluated, wanted: ReturnType<typeof oracle>, snapshot: Snapshot): void {
  const { decision, record } = evaluated;
  if (decision.reason.code === "source_unavailable") assert.equal(decision.decision, "deny");
  else assert.equal(decision.decision, wanted.decision, decision.reason.message);
  if (decision.decision === wanted.decision && decision.reason.code === wanted.code) {
    for (const { id } of decision.policies) assert.ok(wanted.policies.includes(id), `${id} is no reason`);
  }
  for (const { policyId } of decision.errors)
    assert.ok(wanted.errors.has(policyId), `${policyId} doesn't err`);
  assert.ok(record !== null);
  const stored = { ...record, replayable: true, seq: 1, previousHash: "", hash: "" };
  const replay = replayRecord(stored, replaySnapshot(snapshot.bundle));
  assert.deepEqual(replay.differences, []);
}

const options = fc.constantFrom({}, { maxAgeMs: 60_000 }, { maxAgeMs: 0 }, { staleIfErrorMs: 60_000 });

function property(
  t: TestContext,
  runs: number,
): { seed: number; numRuns: number; includeErrorInReport: boolean } {
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${runs}`);
  return { seed, numRuns: runs, includeErrorInReport: true };
}

test("what sources say between them decides as it does in one place", async (t) => {
  const requests = fc.array(worldRequest, { minLength: 1, maxLength: 4 });
  let hops = 0;
  let atOnce = 0;
  await fc.assert(
    fc.asyncProperty(world, requests, options, fc.boolean(), async (given, asked, how, ahead) => {
      const snapshot = snapshotOf(given, sourcesOf(given, how), ahead);
      const answers = asked.map((one) => ask(snapshot, one));
      for (const answer of answers) answer instanceof Promise ? hops++ : atOnce++;
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const wanted = oracle(given, asked[index] as Asked);
        assert.notEqual(answer.decision.reason.code, "source_unavailable", answer.decision.reason.message);
        check(answer, wanted, snapshot);
      }
      // Once more, with whatever is kept.
      for (const one of asked) check(await ask(snapshot, one), oracle(given, one), snapshot);
    }),
    property(t, numRuns),
  );
  t.diagnostic(`${hops} answers waited, ${atOnce} did not`);
});

test("what fails never allows, and where the answer isn't that it failed, it is the right one", async (t) => {
  const failing = fc.array(
    fc.constantFrom<"none" | "down" | "broken" | "flaky">("none", "down", "broken", "flaky"),
    {
      minLength: 3,
      maxLength: 3,
    },
  );
  const seen = { allow: 0, deny: 0, unavailable: 0 };
  await fc.assert(
    fc.asyncProperty(world, worldRequest, failing, options, async (given, asked, modes, how) => {
      const sources = sourcesOf(given, { ...how, retries: 0 });
      for (const [index, source] of sources.entries()) fail(source, modes[index] ?? "none");
      const snapshot = snapshotOf(given, sources, false);
      const answer = await ask(snapshot, asked);
      check(answer, oracle(given, asked), snapshot);
      seen[answer.decision.reason.code === "source_unavailable" ? "unavailable" : answer.decision.decision]++;
    }),
    property(t, numRuns),
  );
  t.diagnostic(JSON.stringify(seen));
});

function fail(source: MemorySource, mode: "none" | "down" | "broken" | "flaky"): void {
  let calls = 0;
  source.onFetch = () => {
    if (mode === "down" || (mode === "flaky" && calls++ % 2 === 1)) throw source.down();
    if (mode === "broken") throw new TypeError("cannot read properties of undefined");
  };
}

test("what is kept, and what is not needed, is answered without a promise", async () => {
  const user = EntityUid.of("User", "0");
  const doc = EntityUid.of("Doc", "0");
  const given: World = {
    entities: [
      { uid: user, attrs: new Map([["b", true]]), tags: new Map(), parents: [EntityUid.of("Group", "0")] },
      { uid: doc, attrs: new Map(), tags: new Map(), parents: [] },
    ],
    split: {
      attributes: {
        "User.a": 0,
        "User.b": 0,
        "User.ref": 0,
        "Doc.a": 1,
        "Doc.b": 1,
        "Doc.ref": 1,
        "Group.a": 2,
      },
      parents: { User: 0, Doc: 1, Group: 2 },
      tags: { User: null, Doc: null, Group: null },
    },
    policies: [
      {
        effect: "permit",
        principal: { op: "in", entity: { type: "Group", id: "0" } },
        action: { op: "All" },
        resource: { op: "All" },
        conditions: [{ kind: "when", body: { ".": { left: { Var: "principal" }, attr: "b" } } }],
      },
    ],
  };
  const sources = sourcesOf(given, { maxAgeMs: 60_000 });
  const snapshot = snapshotOf(given, sources, false);
  const first = ask(snapshot, { principal: user, resource: doc });
  assert.ok(first instanceof Promise);
  assert.equal((await first).decision.decision, "allow");
  const kept = ask(snapshot, { principal: user, resource: doc });
  assert.ok(!(kept instanceof Promise));
  assert.equal(kept.decision.decision, "allow");
  assert.equal(sources[1]?.asked.length, 0);
  const open = {
    ...given,
    policies: [{ ...given.policies[0], principal: { op: "All" as const }, conditions: [] }],
  };
  const free = snapshotOf(open as World, sources, false);
  assert.ok(!(ask(free, { principal: EntityUid.of("User", "9"), resource: doc }) instanceof Promise));
});
