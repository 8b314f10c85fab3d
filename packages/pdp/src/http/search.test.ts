import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanUnavailable } from "@cordon/engine";
import { assertProblem, serve, standIn } from "./serve.test.support.js";

const [SUBJECT, RESOURCE, ACTION] = ["subject", "resource", "action"].map(
  (kind) => `/access/v1/search/${kind}`,
) as [string, string, string];
const ALICE = { type: "user", id: "alice" };
const WHO_READS = {
  subject: { type: "user" },
  action: { name: "read" },
  resource: { type: "record", id: "record-1" },
};
const WHAT_ALICE_WRITES = { subject: ALICE, action: { name: "write" }, resource: { type: "record" } };

const ids = ({ json }: { json: { results: { id: string }[] } }): string[] => json.results.map(({ id }) => id);

test("a search answers who, which and what", async (t) => {
  const { post, decider } = await serve(t);
  const who = await post(SUBJECT, WHO_READS);
  assert.equal(who.status, 200, who.text);
  const { context, ...rest } = who.json;
  assert.deepEqual(rest, {
    results: [ALICE, { type: "user", id: "bob" }],
    page: { next_token: "", count: 2 },
  });
  assert.equal(context.bundle, decider.bundle.id);
  assert.deepEqual(ids(await post(RESOURCE, WHAT_ALICE_WRITES)), ["record-1"]);
  const bob = { ...WHAT_ALICE_WRITES, subject: { type: "user", id: "bob" } };
  assert.deepEqual(ids(await post(RESOURCE, bob)), ["record-2"]);
  const what = await post(ACTION, { subject: ALICE, resource: WHO_READS.resource });
  assert.deepEqual(what.json.results, [{ name: "read" }, { name: "write" }]);
});

test("what the caller vouches for counts as in an evaluation", async (t) => {
  const { post } = await serve(t);
  const admin = { ...ALICE, properties: { role: "admin" } };
  assert.deepEqual(ids(await post(RESOURCE, { ...WHAT_ALICE_WRITES, subject: admin })), [
    "record-1",
    "record-2",
  ]);
  const archived = { type: "record", id: "new", properties: { status: "archived" } };
  const who = await post(SUBJECT, { ...WHO_READS, action: { name: "write" }, resource: archived });
  assert.deepEqual(ids(who), ["bob"]);
});

test("an id of what is searched for is ignored", async (t) => {
  const { post } = await serve(t);
  const named = { ...WHO_READS, subject: { type: "user", id: "alice" } };
  assert.deepEqual(ids(await post(SUBJECT, named)), ["alice", "bob"]);
});

test("nothing found is an empty page, with why where no policy says so", async (t) => {
  const { post } = await serve(t);
  const none = await post(RESOURCE, { ...WHAT_ALICE_WRITES, subject: { type: "user", id: "eve" } });
  assert.deepEqual([none.status, none.json.results, none.json.page.next_token], [200, [], ""]);
  const cases: [path: string, body: object, code: string][] = [
    [RESOURCE, { ...WHAT_ALICE_WRITES, action: { name: "shred" } }, "unknown_action"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, resource: { type: "paper" } }, "unknown_resource_type"],
    [SUBJECT, { ...WHO_READS, subject: { type: "ghost" } }, "unknown_principal_type"],
    [SUBJECT, { ...WHO_READS, subject: { type: "record" } }, "action_not_applicable"],
    [ACTION, { subject: { type: "ghost", id: "1" }, resource: WHO_READS.resource }, "unknown_principal_type"],
  ];
  for (const [path, body, code] of cases) {
    const { status, json } = await post(path, body);
    assert.deepEqual([status, json.results, json.context.reason?.code], [200, [], code]);
  }
});

test("pages of any size are the same whole", async (t) => {
  const { post } = await serve(t);
  for (const [path, body] of [
    [SUBJECT, WHO_READS],
    [ACTION, { subject: ALICE, resource: WHO_READS.resource }],
  ] as const) {
    const whole = (await post(path, body)).json.results;
    for (const limit of [1, 2, 3, 5_000]) {
      const found: unknown[] = [];
      let token: string | undefined;
      do {
        const { json } = await post(path, {
          ...body,
          page: { limit, ...(token === undefined ? {} : { token }) },
        });
        assert.ok(json.results.length <= limit);
        assert.equal(json.page.count, json.results.length);
        found.push(...json.results);
        token = json.page.next_token;
      } while (token !== "");
      assert.deepEqual(found, whole);
    }
  }
  const nothing = await post(SUBJECT, { ...WHO_READS, page: { limit: 0 } });
  assert.deepEqual([nothing.json.results, nothing.json.page.next_token !== ""], [[], true]);
});

test("a token is good for its own search alone", async (t) => {
  const { post } = await serve(t);
  const first = await post(SUBJECT, { ...WHO_READS, page: { limit: 1 } });
  const token: string = first.json.page.next_token;
  const { subject, action, resource } = WHO_READS;
  const next = await post(SUBJECT, { page: { token, limit: 7 }, resource, action, subject });
  assert.deepEqual(ids(next), ["bob"]);
  const last = token.at(-5) === "A" ? "B" : "A";
  const forged = `${token.slice(0, -5)}${last}${token.slice(-4)}`;
  const cases: [body: object, code: string][] = [
    [{ ...WHO_READS, page: { token: "made up" } }, "page_token_invalid"],
    [{ ...WHO_READS, page: { token: forged } }, "page_token_invalid"],
    [{ ...WHO_READS, page: { token: `${token}=` } }, "page_token_invalid"],
    [{ ...WHO_READS, action: { name: "write" }, page: { token } }, "page_token_mismatch"],
    [{ ...WHO_READS, context: { ip: "1" }, page: { token } }, "page_token_mismatch"],
  ];
  for (const [body, code] of cases) {
    assertProblem(await post(SUBJECT, body), 400, code, { pointer: "/page/token" });
  }
});

test("a malformed search is refused where it is wrong", async (t) => {
  const { post } = await serve(t);
  const cases: [path: string, body: unknown, code: string, pointer: string][] = [
    [SUBJECT, [], "wrong_type", ""],
    [SUBJECT, { ...WHO_READS, subject: undefined }, "missing_member", "/subject"],
    [SUBJECT, { ...WHO_READS, subject: {} }, "missing_member", "/subject/type"],
    [SUBJECT, { ...WHO_READS, resource: { type: "record" } }, "missing_member", "/resource/id"],
    [SUBJECT, { ...WHO_READS, subject: { type: "" } }, "member_empty", "/subject/type"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, subject: { type: "user" } }, "missing_member", "/subject/id"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, action: undefined }, "missing_member", "/action"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, page: 7 }, "wrong_type", "/page"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, page: { limit: -1 } }, "wrong_type", "/page/limit"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, page: { limit: 1.5 } }, "wrong_type", "/page/limit"],
    [RESOURCE, { ...WHAT_ALICE_WRITES, page: { token: 1 } }, "wrong_type", "/page/token"],
    [ACTION, { subject: ALICE }, "missing_member", "/resource"],
  ];
  for (const [path, body, code, pointer] of cases) {
    assertProblem(await post(path, body), 400, code, { pointer });
  }
});

test("what was not used is told on demand", async (t) => {
  const { post } = await serve(t);
  const body = {
    ...WHAT_ALICE_WRITES,
    subject: { ...ALICE, properties: { shoe: 43 } },
    context: { mood: "good" },
  };
  assert.equal((await post(RESOURCE, body)).json.context.ignored, undefined);
  const { ignored } = (await post(`${RESOURCE}?debug`, body)).json.context;
  assert.deepEqual(ignored.sort(), ["/context/mood", "/subject/properties/shoe"]);
});

test("each page is in the log: who was told of how many; it is no decision to replay", async (t) => {
  const { post, get, decider } = await serve(t);
  const { json } = await post(SUBJECT, { ...WHO_READS, page: { limit: 1 } });
  const record = await decider.log?.get(json.context.id);
  assert.deepEqual(record?.search, { for: "principal", found: 1, more: true });
  assert.deepEqual(record?.request.principal, { type: "user", id: "" });
  assert.equal(record?.caller, "anonymous@loopback");
  const answer = await get(`/cordon/v1/decisions/${json.context.id}/explain`);
  assertProblem(answer, 409, "not_replayable", { parameter: "id" });
  assert.equal((await decider.log?.verify())?.ok, true);
});

test("without what the search depends on there are no results", async (t) => {
  const { post } = await serve(t, {
    wrap: (decider) =>
      standIn(decider, {
        searchResources: async () => {
          throw new PlanUnavailable("`directory`: no answer", [], "start it");
        },
      }),
  });
  assertProblem(await post(RESOURCE, WHAT_ALICE_WRITES), 503, "source_unavailable", {});
});
