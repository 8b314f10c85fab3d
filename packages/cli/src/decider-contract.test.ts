import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, DeciderUnavailable } from "@cordon/client";
import {
  allPages,
  type Decider,
  type Decision,
  type DecisionFailure,
  type DecisionRequest,
  type Planner,
  type PlanRequest,
  RequestError,
  type Searcher,
  type SearchPage,
  type SearchResult,
} from "@cordon/engine";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { type RunningServer, startServer } from "@cordon/pdp/http";
import { pino } from "pino";
import { projectWith, shop } from "./testing-internal/project.js";

/**
 * One suite for every implementation of `Decider`: the same questions asked in-process and over HTTP must
 * have equal answers, down to the members that were ignored and the pointers of errors.
 */
let local: ProjectDecider;
let remote: Decider & Planner & Searcher;
let server: RunningServer;

const folder = projectWith(shop);
const noon = new Date("2026-11-24T12:00:00Z");

before(async () => {
  local = await openProject(folder, { watch: false, clock: () => noon });
  server = await startServer({
    decider: local,
    host: "127.0.0.1",
    port: 0,
    keys: null,
    logger: pino({ level: "error" }, pino.destination(2)),
  });
  remote = connect({ url: server.url });
});

after(async () => {
  await server.close();
  await local.close();
});

const readPlan: DecisionRequest = {
  principal: 'User::"ann"',
  action: "document:read",
  resource: 'Document::"plan"',
};

const wellFormed: Record<string, DecisionRequest> = {
  "a plain allow, with an obligation": readPlan,
  "a deny by default": { ...readPlan, principal: 'User::"bob"' },
  "a deny by forbid": { ...readPlan, resource: 'Document::"budget"' },
  "context that makes the difference": {
    ...readPlan,
    resource: 'Document::"budget"',
    context: { country: "DE" },
  },
  "the action as an entity": { ...readPlan, action: 'Action::"document:read"' },
  "entities and action as objects": {
    principal: { type: "User", id: "ann" },
    action: { name: "document:read" },
    resource: { type: "Document", id: "plan" },
  },
  "properties of an entity that the files don't have": {
    principal: { type: "User", id: "zoe" },
    action: "document:share",
    resource: {
      type: "Document",
      id: "new",
      properties: { owner: { type: "User", id: "zoe" }, secret: false },
    },
  },
  "a 64-bit integer": {
    ...readPlan,
    principal: { type: "User", id: "ann", properties: { level: 9223372036854775807n } },
  },
  "members that are ignored": {
    principal: { type: "User", id: "ann", properties: { shoe: 43 } },
    action: { name: "document:read", properties: { slowly: true } },
    resource: { type: "Document", id: "plan", properties: { weight: null } },
    context: { now: "1999-01-01T00:00:00Z", mood: "good", country: null },
  },
  "credentials that nothing reads": {
    ...readPlan,
    credentials: { ip: "192.0.2.1", forwardedFor: "garbage", deviceId: "" },
  },
  "an unknown principal type": { ...readPlan, principal: 'Robot::"r2"' },
  "an unknown resource type": { ...readPlan, resource: 'Planet::"mars"' },
  "an unknown action": { ...readPlan, action: "document:burn" },
  "an action that doesn't apply": { ...readPlan, resource: 'User::"ann"' },
  "ids that bite": {
    principal: { type: "User", id: "__proto__" },
    action: "document:read",
    resource: { type: "Document", id: 'a"b\\c\n\u{1f600}\u0000' },
  },
  "an id written with escapes": { ...readPlan, principal: 'User::"\\u{61}nn"' },
};

for (const [name, request] of Object.entries(wellFormed)) {
  test(`${name}: the same decision in-process and remote`, async () => {
    const expected = await local.decide(request);
    assert.deepEqual(comparable(await remote.decide(request)), comparable(expected));
  });
}

const malformed: Record<string, unknown> = {
  "no principal": { action: "document:read", resource: readPlan.resource },
  "a principal that is no entity": { ...readPlan, principal: "ann" },
  "an entity without an id": { ...readPlan, principal: { type: "User" } },
  "an entity whose id is a number": { ...readPlan, resource: { type: "Document", id: 7 } },
  "no action": { principal: readPlan.principal, resource: readPlan.resource },
  "context that is a list": { ...readPlan, context: [] },
  "context of the wrong type": { ...readPlan, context: { country: 7 } },
  "an attribute of the wrong type": {
    ...readPlan,
    principal: { type: "User", id: "ann", properties: { level: "high" } },
  },
  "credentials in the context": { ...readPlan, context: { credentials: { token: "t" } } },
  "credentials that are no object": { ...readPlan, credentials: "t" },
  "credentials that are no text": { ...readPlan, credentials: { forwardedFor: 7 } },
  "an integer beyond 64 bits": {
    ...readPlan,
    principal: { type: "User", id: "ann", properties: { level: 9223372036854775808n } },
  },
  "a date, which JSON has not": { ...readPlan, context: { country: new Date(0) } },
  "a lone surrogate": { ...readPlan, principal: { type: "User", id: "\ud800" } },
};

for (const [name, request] of Object.entries(malformed)) {
  test(`${name}: a RequestError in-process and remote`, async () => {
    const asked = request as DecisionRequest;
    const [expected, actual] = await Promise.all([
      failureOf(local.decide(asked)),
      failureOf(remote.decide(asked)),
    ]);
    assert.ok(expected instanceof RequestError, String(expected));
    assert.ok(actual instanceof RequestError, String(actual));
    assert.notEqual(actual.message, "");
    // What can't be sent at all has no place in what was sent.
    if (actual.path !== "") assert.equal(actual.path, expected.path);
  });
}

// One item that isn't JSON spoils the whole text, which no item of it can mend.
const inJson = Object.entries(malformed).filter(([name]) => !/date|surrogate/.test(name));
const batch = [...Object.values(wellFormed), ...inJson.map(([, request]) => request)] as DecisionRequest[];

for (const semantic of ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const) {
  test(`a batch, ${semantic}: the same answers in the same order`, async () => {
    const expected = await local.decideMany(batch, { semantic });
    const actual = await remote.decideMany(batch, { semantic });
    assert.deepEqual(actual.map(outline), expected.map(outline));
  });
}

test("an empty batch has no answers", async () => {
  assert.deepEqual(await local.decideMany([]), []);
  assert.deepEqual(await remote.decideMany([]), []);
});

for (const name of ["a plain allow, with an obligation", "a deny by forbid", "an unknown action"]) {
  test(`${name}: the same explanation in-process and remote`, async () => {
    const request = wellFormed[name] ?? readPlan;
    const expected = await local.explain(request);
    const actual = await remote.explain(request);
    assert.deepEqual(comparable(actual.decision), comparable(expected.decision));
    assert.equal(JSON.stringify(actual.explanation), JSON.stringify(expected.explanation));
  });
}

const planned: Record<string, PlanRequest> = {
  "which documents": { principal: 'User::"bob"', action: "document:read", resourceType: "Document" },
  "documents without secrets": {
    principal: 'User::"ann"',
    action: "document:read",
    resourceType: "Document",
  },
  "with context": {
    principal: { type: "User", id: "ann", properties: { shoe: 43 } },
    action: "document:share",
    resourceType: "Document",
    context: { country: "DE" },
    credentials: { ip: "192.0.2.1" },
    approximate: true,
  },
  "an unknown type": { principal: 'User::"ann"', action: "document:read", resourceType: "Planet" },
};

for (const [name, request] of Object.entries(planned)) {
  test(`plan ${name}: the same in-process and remote`, async () => {
    const { id: _, ...expected } = await local.plan(request);
    const { id, ...actual } = await remote.plan(request);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(actual, JSON.parse(JSON.stringify(expected)));
  });
}

for (const request of [
  { ...planned["which documents"], resourceType: "" },
  { ...planned["which documents"], principal: "bob" },
]) {
  test("a malformed plan request: a RequestError in-process and remote", async () => {
    const asked = request as PlanRequest;
    const [expected, actual] = await Promise.all([
      failureOf(local.plan(asked)),
      failureOf(remote.plan(asked)),
    ]);
    assert.ok(expected instanceof RequestError && actual instanceof RequestError);
    assert.deepEqual([actual.code, actual.path], [expected.code, expected.path]);
  });
}

const READERS = { principalType: "User", action: "document:read", resource: 'Document::"plan"' };
const READABLE = { principal: 'User::"ann"', action: "document:read", resourceType: "Document" };

test("searches find the same in-process and remote, page after page", async () => {
  const context = { country: "DE" };
  const searches: Record<string, (searcher: Searcher, page: SearchPage) => Promise<SearchResult<unknown>>> = {
    principals: (searcher, page) => searcher.searchPrincipals({ ...READERS, page }),
    resources: (searcher, page) => searcher.searchResources({ ...READABLE, context, page }),
    actions: (searcher, page) =>
      searcher.searchActions({
        principal: { type: "User", id: "ann", properties: { shoe: 43 } },
        resource: 'Document::"plan"',
        context,
        page,
      }),
    "an unknown type": (searcher, page) =>
      searcher.searchResources({ ...READABLE, resourceType: "Planet", page }),
  };
  for (const [name, search] of Object.entries(searches)) {
    const whole: unknown[][] = [];
    for (const searcher of [local, remote]) {
      const all: unknown[] = [];
      for await (const one of allPages((page) => search(searcher, page), 1)) all.push(one);
      whole.push(all);
    }
    assert.deepEqual(whole[1], whole[0], name);
    assert.equal((whole[0] ?? []).length > 0, name !== "an unknown type", name);
    const { id: _, ...expected } = await search(local, { limit: 10 });
    const { id, ...actual } = await search(remote, { limit: 10 });
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(actual, expected, name);
  }
});

test("a malformed search: a RequestError in-process and remote", async () => {
  const cases: ((searcher: Searcher) => Promise<unknown>)[] = [
    (searcher) => searcher.searchPrincipals({ ...READERS, principalType: "" }),
    (searcher) => searcher.searchResources({ ...READABLE, resourceType: "" }),
    (searcher) => searcher.searchResources({ ...READABLE, page: { token: "made up" } }),
    (searcher) => searcher.searchActions({ principal: "bob", resource: 'Document::"plan"' }),
  ];
  for (const search of cases) {
    const [expected, actual] = await Promise.all([failureOf(search(local)), failureOf(search(remote))]);
    assert.ok(expected instanceof RequestError && actual instanceof RequestError, String(actual));
    assert.deepEqual([actual.code, actual.path], [expected.code, expected.path]);
  }
});

test("caller and trace stand in the record, whichever way they came", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const there = await remote.decide(readPlan, { traceId });
  const here = await local.decide(readPlan, { traceId, caller: "test" });
  assert.equal((await local.log?.get(there.id))?.traceId, traceId);
  const record = await local.log?.get(here.id);
  assert.deepEqual([record?.traceId, record?.caller], [traceId, "test"]);
});

test("an answer that never came is `DeciderUnavailable`, never an allow", async () => {
  const other = await startServer({
    decider: local,
    host: "127.0.0.1",
    port: 0,
    keys: null,
    logger: pino({ level: "silent" }),
  });
  const decider = connect({ url: other.url });
  await other.close();
  await assert.rejects(decider.decide(readPlan), DeciderUnavailable);
  await assert.rejects(decider.decideMany([readPlan]), DeciderUnavailable);
  await assert.rejects(decider.explain(readPlan), DeciderUnavailable);
});

/** Everything of a decision but its id, which no two decisions share. */
function comparable({ id, ...rest }: Decision): unknown {
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  return { ...rest, ignored: [...rest.ignored].sort() };
}

function outline(answer: Decision | DecisionFailure): unknown {
  return "error" in answer ? "error" : comparable(answer);
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: unknown) => error,
  );
}
