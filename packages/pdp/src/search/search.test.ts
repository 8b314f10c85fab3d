import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  allPages,
  type FoundEntity,
  PlanUnavailable,
  RequestError,
  type ResourceSearch,
  type Searcher,
  type SearchPage,
} from "@cordon/engine";
import Database from "libsql";
import type { DecisionLog } from "../log/index.js";
import { openProject } from "../project/open-project.js";
import type { ProjectDecider, ProjectOptions } from "../project/project-decider.js";
import { custom } from "../sources/index.js";
import { MemorySource } from "../testing-internal/memory-source.js";
import { replaceFile, tempProject } from "../testing-internal/temp-project.js";

const FILES = {
  "schema.cedarschema": `
entity Team;
entity Size enum ["small", "large"];
entity User in [Team] = { level?: Long };
entity Doc in [Team] = { owner?: User, level?: Long };
action "read" appliesTo { principal: [User], resource: [Doc] };
action "wear" appliesTo { principal: [User], resource: [Size] };
action "sign" appliesTo { principal: [User], resource: [Doc], context: { pin: Long } };
`,
  "policies/all.cedar": `
@id("read") permit (principal, action == Action::"read", resource) when {
  resource has level && principal has level && resource.level <= principal.level
};
@id("wear") permit (principal, action == Action::"wear", resource);
@id("sign") permit (principal, action == Action::"sign", resource) when { context.pin == 7 };
@id("broken") forbid (principal, action == Action::"read", resource)
when { resource has owner && resource has level && resource.level + 9223372036854775807 < 0 };
`,
  "entities/all.json": JSON.stringify([
    { uid: { type: "User", id: "ann" }, attrs: { level: 2 }, parents: [] },
    { uid: { type: "User", id: "bob" }, attrs: { level: 1 }, parents: [] },
    { uid: { type: "User", id: "odd" }, attrs: {}, parents: [] },
    ...[1, 2, 3].map((level) => ({ uid: { type: "Doc", id: `d${level}` }, attrs: { level }, parents: [] })),
    // Its sum is beyond 64 bits: a forbid that errs denies.
    {
      uid: { type: "Doc", id: "d0" },
      attrs: { level: 1, owner: { __entity: { type: "User", id: "odd" } } },
      parents: [],
    },
  ]),
};

async function open(
  t: TestContext,
  files: Record<string, string> = {},
  options: ProjectOptions = {},
): Promise<ProjectDecider> {
  const directory = await tempProject(t, { ...FILES, ...files });
  const decider = await openProject(directory, { log: false, watch: false, ...options });
  t.after(() => decider.close());
  return decider;
}

const ANN_READS: ResourceSearch = { principal: 'User::"ann"', action: "read", resourceType: "Doc" };

const ids = ({ results }: { results: readonly { id: string }[] }): string[] => results.map(({ id }) => id);

const found = async (decider: Searcher, request: ResourceSearch, limit?: number): Promise<string[]> => {
  const all: FoundEntity[] = [];
  for await (const one of allPages((page) => decider.searchResources({ ...request, page }), limit))
    all.push(one);
  return all.map(({ id }) => id);
};

function withResolvers(): { promise: Promise<undefined>; resolve: (value: undefined) => void } {
  let resolve: (value: undefined) => void = () => {};
  const promise = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function refusal(searching: Promise<unknown>): Promise<RequestError> {
  const error = await searching.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RequestError, String(error));
  return error;
}

test("results are what decisions allow; a forbid that errs keeps its resource out", async (t) => {
  const decider = await open(t);
  assert.deepEqual(await found(decider, ANN_READS), ["d1", "d2"]);
  assert.deepEqual(await found(decider, ANN_READS, 1), ["d1", "d2"]);
  assert.equal((await decider.decide({ ...ANN_READS, resource: 'Doc::"d0"' })).reason.code, "forbid_errored");
  const who = await decider.searchPrincipals({
    principalType: "User",
    action: "read",
    resource: 'Doc::"d2"',
  });
  assert.deepEqual(who.results, [{ type: "User", id: "ann" }]);
  const vouched = { type: "Doc", id: "new", properties: { level: 1 } };
  const all = await decider.searchPrincipals({ principalType: "User", action: "read", resource: vouched });
  assert.deepEqual(ids(all), ["ann", "bob"]);
});

test("what the schema lists is there without being in any file", async (t) => {
  const decider = await open(t);
  assert.deepEqual(await found(decider, { ...ANN_READS, action: "wear", resourceType: "Size" }), [
    "large",
    "small",
  ]);
});

test("types are called as the request calls them", async (t) => {
  const decider = await open(t, { "cordon.yaml": "types: { user: User, paper: Doc }\n" });
  const { results } = await decider.searchResources({
    principal: { type: "user", id: "ann" },
    action: "read",
    resourceType: "paper",
    page: { limit: 1 },
  });
  assert.deepEqual(results, [{ type: "paper", id: "d1" }]);
});

test("actions are those that apply and are allowed; one that can't be decided is no reason to leave it out", async (t) => {
  const decider = await open(t);
  const asked = { principal: 'User::"ann"', resource: 'Doc::"d2"' };
  const all = await decider.searchActions({ ...asked, context: { pin: 7 } });
  assert.deepEqual(all.results, [{ name: "read" }, { name: "sign" }]);
  const error = await refusal(decider.searchActions(asked));
  assert.deepEqual(
    [error.code, error.message, error.path],
    ["member_missing", "`sign` can't be decided: `pin` is missing", "/context/pin"],
  );
});

test("a context that is incomplete is an error, and no empty page", async (t) => {
  const decider = await open(t);
  for (const searching of [
    decider.searchResources({ ...ANN_READS, action: "sign" }),
    decider.searchPrincipals({ principalType: "User", action: "sign", resource: 'Doc::"d1"' }),
  ]) {
    assert.equal((await refusal(searching)).path, "/context/pin");
  }
});

test("what nothing can list can't be searched, and why is said", async (t) => {
  const docs = new MemorySource("docs", { Doc: { attributes: ["level"] } });
  const more = new MemorySource("more", { Doc: { attributes: ["owner"] } });
  const listing = (name: string, attribute: string) =>
    custom({ name, types: { Doc: { attributes: [attribute] } }, fetch: () => ({}), list: () => [] });
  const held = { "entities/all.json": "[]" };
  const cases: [files: Record<string, string>, sources: ProjectOptions["sources"], message: RegExp][] = [
    [held, [], /nothing lists entities of type `Doc`: no source has them, and the project's files have none/],
    [{}, [docs], /the source `docs` has entities of type `Doc` and can't list them/],
    [
      {},
      [listing("a", "level"), listing("b", "owner")],
      /are in the sources `a` and `b`, and neither has all/,
    ],
    [{}, [listing("a", "level"), more], /the source `more` has entities of type `Doc` and can't list them/],
  ];
  for (const [files, sources = [], message] of cases) {
    const decider = await open(t, files, { sources });
    const error = await refusal(decider.searchResources({ ...ANN_READS, principal: person(2) }));
    assert.equal(error.code, "not_searchable");
    assert.match(error.message, message);
    assert.notEqual(error.help, "");
  }
});

const person = (level: number) => ({ type: "User", id: "ann", properties: { level } });

test("where policies leave nothing, nothing needs listing", async (t) => {
  const decider = await open(t, {
    "policies/all.cedar": 'permit (principal, action == Action::"wear", resource);',
  });
  assert.deepEqual(await found(decider, { ...ANN_READS, resourceType: "Doc" }), []);
});

test("a custom source that lists is searched together with files, each entity decided", async (t) => {
  const levels: Record<string, number> = { d1: 3, x1: 1, x2: 2, x3: 3 };
  const source = custom({
    name: "app",
    types: { Doc: { attributes: ["level"] } },
    fetch: ({ ids: asked }) =>
      Object.fromEntries(
        asked.flatMap((id) => (id in levels ? [[id, { attrs: { level: levels[id] } }]] : [])),
      ),
    list: ({ after, limit }) => {
      const all = Object.keys(levels);
      return all.slice(after === null ? 0 : all.indexOf(after) + 1).slice(0, limit);
    },
  });
  const decider = await open(t, {}, { sources: [source] });
  // The source owns levels: of what is in the files alone nothing is known, and `d1` is not twice.
  assert.deepEqual(await found(decider, ANN_READS), ["x1", "x2"]);
  assert.deepEqual(await found(decider, ANN_READS, 1), ["x1", "x2"]);
});

test("a table that the project declares is searched from both sides, and by whoever acts for somebody", async (t) => {
  const directory = await tempProject(t, {
    "schema.cedarschema": `
entity User = { level: Long };
entity Doc = { level: Long, owner: User };
action "read" appliesTo { principal: [User], resource: [Doc], context: { actor?: User } };
`,
    "policies/all.cedar": `
permit (principal, action, resource) when { resource.level <= principal.level };
permit (principal, action, resource) when { resource.owner == principal };
`,
    "cordon.yaml": `identity: { both: true }
sources:
  main:
    kind: sql
    url: sqlite:data.db
    types:
      User: { table: users, id: id, attributes: { level: level } }
      Doc: { table: docs, id: { column: id, as: integer }, attributes: { level: level, owner: owner } }
`,
  });
  const database = new Database(join(directory, "data.db"));
  database.exec(`
    CREATE TABLE users (id TEXT, level INTEGER);
    INSERT INTO users VALUES ('ann', 2), ('bob', 1), ('Bob', 5);
    CREATE TABLE docs (id INTEGER, level INTEGER, owner TEXT);
    INSERT INTO docs VALUES (1, 1, 'bob'), (2, 2, 'ann'), (10, 9, 'bob'), (9, 2, 'bob')`);
  database.close();
  const decider = await openProject(directory, { log: false, watch: false });
  t.after(() => decider.close());
  for (const limit of [1, 10]) {
    assert.deepEqual(await found(decider, ANN_READS, limit), ["1", "2", "9"]);
    assert.deepEqual(await found(decider, { ...ANN_READS, context: { actor: { __entity: BOB } } }, limit), [
      "1",
      "9",
    ]);
  }
  const readers = async (resource: string, context = {}) =>
    ids(await decider.searchPrincipals({ principalType: "User", action: "read", resource, context }));
  assert.deepEqual(await readers('Doc::"2"'), ["Bob", "ann"]);
  assert.deepEqual(await readers('Doc::"10"'), ["bob"]);
  assert.deepEqual(await readers('Doc::"2"', { actor: { __entity: BOB } }), []);
  assert.deepEqual(await readers('Doc::"9"', { actor: { __entity: BOB } }), ["Bob", "ann", "bob"]);
});

const BOB = { type: "User", id: "bob" };

test("a source that fails makes the whole fail, and one that lists in circles is found out", async (t) => {
  const make = (list: () => string[]) =>
    custom({
      name: "app",
      types: { Doc: { attributes: ["level"] } },
      fetch: () => {
        throw new Error("no");
      },
      list,
      options: { retries: 0 },
    });
  const cases: [list: () => string[], message: RegExp][] = [
    [() => ["x"], /not all results can be found out: the source `app` gave no answer: it threw `Error`/],
    [
      () => {
        throw new Error("no");
      },
      /not all results can be found out: `app`: it threw `Error`/,
    ],
  ];
  for (const [list, message] of cases) {
    const decider = await open(t, { "entities/all.json": "[]" }, { sources: [make(list)] });
    await assert.rejects(decider.searchResources({ ...ANN_READS, principal: person(2) }), (error) => {
      assert.ok(error instanceof PlanUnavailable);
      assert.match(error.message, message);
      assert.deepEqual(
        error.unavailable.map(({ source }) => source),
        ["app"],
      );
      return true;
    });
  }
  const many = Array.from({ length: 500 }, (_, index) => `n${index}`);
  const circling = custom({
    name: "app",
    types: { Doc: { attributes: ["level"] } },
    fetch: () => ({}),
    list: () => many,
  });
  const decider = await open(t, { "entities/all.json": "[]" }, { sources: [circling] });
  const error = await found(decider, { ...ANN_READS, principal: person(2) }).catch((e: unknown) => e);
  assert.match(String(error), /it lists the same entities of type `Doc` again and again/);
});

test("a page that takes its time goes out with what was found, and says that it isn't the last", async (t) => {
  const all = Array.from({ length: 1_000 }, (_, index) => `n${String(index).padStart(3, "0")}`);
  const slow = custom({
    name: "app",
    types: { Doc: { attributes: ["level"] } },
    fetch: async ({ ids: asked }) => {
      await sleep(300);
      return Object.fromEntries(asked.map((id) => [id, { attrs: { level: id === "n999" ? 1 : 9 } }]));
    },
    list: ({ after, limit }) => all.filter((id) => after === null || id > after).slice(0, limit),
  });
  const decider = await open(t, { "entities/all.json": "[]" }, { sources: [slow] });
  const request = { ...ANN_READS, principal: person(2) };
  const first = await decider.searchResources(request);
  assert.deepEqual([first.results, first.nextToken === ""], [[], false]);
  const from = (page: SearchPage) =>
    decider.searchResources({ ...request, page: { ...page, token: page.token ?? first.nextToken } });
  const rest: string[] = [];
  for await (const { id } of allPages(from)) rest.push(id);
  assert.deepEqual(rest, ["n999"]);
});

test("whoever leaves ends it", async (t) => {
  const { promise, resolve } = withResolvers();
  const source = custom({
    name: "app",
    types: { Doc: { attributes: ["level"] } },
    fetch: () => ({}),
    list: async (_, signal) => {
      resolve(undefined);
      await sleep(5_000, undefined, { signal });
      return [];
    },
    options: { retries: 0, timeoutMs: 10_000 },
  });
  const decider = await open(t, { "entities/all.json": "[]" }, { sources: [source] });
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const searching = decider.searchResources({ ...ANN_READS, principal: person(2) }, options);
  await promise;
  controller.abort();
  await assert.rejects(searching);
});

test("a token is good for an hour, for its caller, and until policies or entities change", async (t) => {
  let now = new Date("2026-03-04T12:00:00Z");
  const directory = await tempProject(t, FILES);
  const decider = await openProject(directory, { watch: false, clock: () => now });
  t.after(() => decider.close());
  const next = (token: string, caller = "a") =>
    decider.searchResources({ ...ANN_READS, page: { token } }, { caller });
  const first = await decider.searchResources({ ...ANN_READS, page: { limit: 1 } }, { caller: "a" });
  assert.deepEqual(ids(await next(first.nextToken)), ["d2"]);
  assert.equal((await refusal(next(first.nextToken, "b"))).code, "page_token_mismatch");
  now = new Date("2026-03-04T13:00:01Z");
  assert.equal((await refusal(next(first.nextToken))).code, "page_token_expired");
  now = new Date("2026-03-04T12:30:00Z");
  // Another process over the same store goes on where this one was.
  const other = await openProject(directory, { watch: false, clock: () => now });
  const there = await other.searchResources(
    { ...ANN_READS, page: { token: first.nextToken } },
    { caller: "a" },
  );
  assert.deepEqual(ids(there), ["d2"]);
  await other.close();
  await replaceFile(
    join(directory, "entities/all.json"),
    FILES["entities/all.json"].replace('"id":"d3"', '"id":"d4"'),
  );
  await decider.reload();
  assert.equal((await refusal(next(first.nextToken))).code, "page_token_outdated");
  const again = await decider.searchResources({ ...ANN_READS, page: { limit: 1 } }, { caller: "a" });
  await replaceFile(join(directory, "policies/all.cedar"), `${FILES["policies/all.cedar"]}\n// more\n`);
  await replaceFile(
    join(directory, "policies/more.cedar"),
    '@id("more") forbid (principal, action, resource) when { principal == User::"bob" };',
  );
  await decider.reload();
  assert.equal((await refusal(next(again.nextToken))).code, "page_token_outdated");
});

test("a page that can't be logged is not given out", async (t) => {
  const log = {
    append: async () => {
      throw new Error("disk full");
    },
    flush: async () => {},
  } as unknown as DecisionLog;
  const decider = await open(t, {}, { log });
  await assert.rejects(decider.searchResources(ANN_READS), { code: "store_unavailable" });
});

test("without a schema, entities can be searched, and actions can't", async (t) => {
  const { "schema.cedarschema": _, ...files } = FILES;
  const directory = await tempProject(t, files);
  const decider = await openProject(directory, { log: false, watch: false });
  t.after(() => decider.close());
  assert.deepEqual(await found(decider, ANN_READS), ["d1", "d2"]);
  const error = await refusal(decider.searchActions({ principal: 'User::"ann"', resource: 'Doc::"d1"' }));
  assert.equal(error.code, "not_searchable");
});

test("malformed searches name what is wrong in them", async (t) => {
  const decider = await open(t);
  const cases: [searching: () => Promise<unknown>, path: string][] = [
    [() => decider.searchResources(7 as never), ""],
    [() => decider.searchResources({ ...ANN_READS, resourceType: 7 as never }), "/resourceType"],
    [() => decider.searchResources({ ...ANN_READS, page: 7 as never }), "/page"],
    [() => decider.searchResources({ ...ANN_READS, page: { limit: -1 } }), "/page/limit"],
    [() => decider.searchResources({ ...ANN_READS, page: { token: 7 as never } }), "/page/token"],
    [() => decider.searchPrincipals([] as never), ""],
    [
      () => decider.searchPrincipals({ principalType: "", action: "read", resource: 'Doc::"d1"' }),
      "/principalType",
    ],
    [() => decider.searchPrincipals({ action: "read", resource: 'Doc::"d1"' } as never), "/principalType"],
    [() => decider.searchActions(null as never), ""],
    [() => decider.searchActions({ principal: "ann", resource: 'Doc::"d1"' }), "/principal"],
  ];
  for (const [searching, path] of cases) assert.equal((await refusal(searching())).path, path);
});
