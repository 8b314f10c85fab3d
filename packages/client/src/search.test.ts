import assert from "node:assert/strict";
import { test } from "node:test";
import { allPages, PlanUnavailable, RequestError } from "@cordon/engine";
import { connect, DeciderUnavailable } from "./index.js";
import { serverThat } from "./testing-internal/fixtures.js";

const search = { principal: 'User::"ann"', action: "ticket:read", resourceType: "Ticket" };

const json =
  (value: unknown, status = 200) =>
  async () =>
    new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });

test("a search is asked as AuthZEN writes it", async () => {
  const bodies: [path: string | undefined, body: unknown][] = [];
  const server = await serverThat((response, { path, body }) => {
    bodies.push([path, JSON.parse(body)]);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ results: [], page: { next_token: "" } }));
  });
  const decider = connect({ url: server.url });
  const context = { country: "DE" };
  await decider.searchResources({ ...search, context, credentials: { ip: "192.0.2.1" }, page: { limit: 7 } });
  await decider.searchPrincipals({ principalType: "User", action: "read", resource: 'Ticket::"1"' });
  await decider.searchActions({ principal: 'User::"ann"', resource: { type: "Ticket", id: "1" } });
  const ann = { type: "User", id: "ann" };
  const ticket = { type: "Ticket", id: "1" };
  assert.deepEqual(bodies, [
    [
      "/access/v1/search/resource?debug",
      {
        subject: ann,
        action: { name: "ticket:read" },
        resource: { type: "Ticket" },
        context: { country: "DE", credentials: { ip: "192.0.2.1" } },
        page: { limit: 7 },
      },
    ],
    [
      "/access/v1/search/subject?debug",
      { subject: { type: "User" }, action: { name: "read" }, resource: ticket },
    ],
    ["/access/v1/search/action?debug", { subject: ann, resource: ticket }],
  ]);
});

test("pages are followed to the last, and a server without pages has sent all", async () => {
  const pages = [
    { results: [{ type: "Ticket", id: "1" }], page: { next_token: "a" } },
    { results: [], page: { next_token: "b" } },
    { results: [{ type: "Ticket", id: "2" }], page: { next_token: "" } },
  ];
  const decider = connect({ url: "http://pdp", fetch: async () => json(pages.shift())() });
  const ids: string[] = [];
  for await (const { id } of allPages((page) => decider.searchResources({ ...search, page }))) ids.push(id);
  assert.deepEqual([ids, pages], [["1", "2"], []]);
  const other = connect({ url: "http://pdp", fetch: json({ results: [{ name: "read" }] }) });
  const { results, nextToken } = await other.searchActions({ principal: 'User::"a"', resource: 'Doc::"b"' });
  assert.deepEqual([results, nextToken], [[{ name: "read" }], ""]);
});

test("an answer that is not whole in form is none", async () => {
  for (const answer of [
    [],
    {},
    { results: {} },
    { results: ["x"] },
    { results: [{ type: "Ticket" }] },
    { results: [{ type: "Ticket", id: 7 }] },
    { results: [], page: {} },
    { results: [], page: { next_token: null } },
    { results: [], page: [] },
  ]) {
    const decider = connect({ url: "http://pdp", fetch: json(answer) });
    await assert.rejects(
      decider.searchResources(search),
      (error) => error instanceof DeciderUnavailable && error.code === "bad_answer",
      JSON.stringify(answer),
    );
  }
});

test("what the server refuses is told as in-process", async () => {
  const problem = { code: "member_empty", detail: "`type` is empty", pointer: "/resource/type" };
  const refused = connect({ url: "http://pdp", fetch: json(problem, 400) });
  await assert.rejects(
    refused.searchResources(search),
    (error) => error instanceof RequestError && error.path === "/resourceType",
  );
  const failing = connect({ url: "http://pdp", fetch: json({ code: "source_unavailable" }, 503) });
  await assert.rejects(failing.searchResources(search), PlanUnavailable);
});
