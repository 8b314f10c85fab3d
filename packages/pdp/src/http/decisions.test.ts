import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { assertProblem, READ, type Served, serve } from "./serve.test.support.js";

const LOG = "/cordon/v1/decisions";
const BOB = { type: "user", id: "bob" };

async function decideAll(served: Served, ...bodies: unknown[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await served.post("/access/v1/evaluation", body)).json.context.id);
  return ids;
}

test("decisions are listed by filter, page by page", async (t) => {
  const served = await serve(t);
  const { get } = served;
  const [a, b, c] = await decideAll(
    served,
    READ,
    { ...READ, subject: BOB },
    { ...READ, subject: BOB, action: { name: "write" } },
  );
  const ids = async (query: string): Promise<string[]> => {
    const { status, json, text } = await get(`${LOG}?${query}`);
    assert.equal(status, 200, text);
    return json.decisions.map((record: { id: string }) => record.id);
  };
  assert.deepEqual(await ids(""), [c, b, a]);
  assert.deepEqual(await ids("order=oldest"), [a, b, c]);
  assert.deepEqual(await ids(`principal=${encodeURIComponent('user::"bob"')}`), [c, b]);
  assert.deepEqual(await ids("decision=deny"), [c]);
  assert.deepEqual(await ids("policy=read&principal=alice"), [a]);
  assert.deepEqual(await ids("action=write"), [c]);
  assert.deepEqual(await ids("caller=anonymous%40loopback&resource=record"), [c, b, a]);
  assert.deepEqual(await ids("since=2020-01-01&until=2021-01-01T00:00:00Z"), []);
  const first = await get(`${LOG}?limit=2`);
  assert.equal(first.json.decisions.length, 2);
  const second = await get(`${LOG}?limit=2&cursor=${encodeURIComponent(first.json.next)}`);
  assert.deepEqual(
    second.json.decisions.map((r: { id: string }) => r.id),
    [a],
  );
  assert.equal(second.json.next, null);
});

test("a filter that is wrong is refused, naming the parameter", async (t) => {
  const { get } = await serve(t);
  const cases: [query: string, parameter: string][] = [
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=1e2", "limit"],
    ["decision=maybe", "decision"],
    ["order=up", "order"],
    ["since=yesterday", "since"],
    ["until=2026-13-01", "until"],
    ["principle=bob", "principle"],
    ["principal=a&principal=b", "principal"],
    ["principal=", "principal"],
    ["cursor=nonsense", "cursor"],
  ];
  for (const [query, parameter] of cases) {
    assertProblem(await get(`${LOG}?${query}`), 400, "invalid_parameter", { parameter });
  }
});

test("one decision is shown, and answered again with its explanation", async (t) => {
  const served = await serve(t);
  const { get } = served;
  const [id] = await decideAll(served, { ...READ, action: { name: "write" } });
  const shown = await get(`${LOG}/${id}`);
  assert.equal(shown.json.decision, "allow");
  assert.deepEqual(shown.json.request.principal, { type: "user", id: "alice" });
  const explained = await get(`${LOG}/${id}/explain`);
  assert.equal(explained.status, 200, explained.text);
  assert.equal(explained.json.same, true, explained.text);
  assert.equal(explained.json.explanation.policies[0].policyId, "alice-writes");
  assert.equal(explained.json.record.id, id);
  assertProblem(await get(`${LOG}/nothing`), 404, "unknown_decision", { parameter: "id" });
  assertProblem(await get(`${LOG}/nothing/explain`), 404, "unknown_decision", { parameter: "id" });
});

test("the log verifies", async (t) => {
  const served = await serve(t);
  await decideAll(served, READ, READ);
  const { status, json } = await served.get(`${LOG}/verify`);
  assert.equal(status, 200);
  assert.equal(json.ok, true);
  assert.equal(json.records, 2);
  const pinned = await served.get(`${LOG}/verify?pinned=${json.lastSeq}:${json.headHash}`);
  assert.equal(pinned.json.ok, true);
  const forged = await served.get(`${LOG}/verify?pinned=${json.lastSeq}:${"0".repeat(64)}`);
  assert.equal(forged.json.ok, false);
  assertProblem(await served.get(`${LOG}/verify?pinned=2`), 400, "invalid_parameter", {
    parameter: "pinned",
  });
});

test("without a log its endpoints say so, and decisions go on", async (t) => {
  const { CERTIFICATION_PROJECT } = await import("./serve.test.support.js");
  const { get, post } = await serve(t, {
    files: { ...CERTIFICATION_PROJECT, "cordon.yaml": "log: { mode: off }\n" },
  });
  assert.equal((await post("/access/v1/evaluation", READ)).json.decision, true);
  for (const path of [LOG, `${LOG}/verify`, `${LOG}/follow`, `${LOG}/x`, `${LOG}/x/explain`]) {
    assertProblem(await get(path), 404, "log_off");
  }
});

/** Reads a stream until it holds `count` non-empty pieces. */
async function readPieces(response: Response, separator: string, count: number): Promise<string[]> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const pieces = text.split(separator).filter((piece) => piece !== "" && !piece.startsWith(":"));
    if (pieces.length >= count) return pieces;
  }
  return text.split(separator).filter((piece) => piece !== "");
}

test("decisions are followed as lines", async (t) => {
  const served = await serve(t);
  const [before] = await decideAll(served, READ);
  const response = await fetch(`${served.url}${LOG}/follow?after=0`);
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  const pieces = readPieces(response, "\n", 2);
  const [after] = await decideAll(served, { ...READ, subject: BOB });
  assert.deepEqual(
    (await pieces).map((line) => JSON.parse(line).id),
    [before, after],
  );
});

test("decisions are followed as server-sent events, from where a browser was cut off", async (t) => {
  const served = await serve(t);
  const [, second] = await decideAll(served, READ, READ);
  const headers = { accept: "text/event-stream", "last-event-id": "1" };
  const response = await fetch(`${served.url}${LOG}/follow`, { headers });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const [event = ""] = await readPieces(response, "\n\n", 1);
  assert.match(event, /^id: 2\nevent: decision\ndata: \{/);
  assert.equal(JSON.parse(event.split("data: ")[1] ?? "").id, second);
  assertProblem(await served.get(`${LOG}/follow?after=x`), 400, "invalid_parameter", { parameter: "after" });
});

test("followers that vanish do no harm", async (t) => {
  const served = await serve(t);
  const sockets = Array.from({ length: 5 }, () => connect(Number(new URL(served.url).port), "127.0.0.1"));
  for (const socket of sockets) {
    socket.on("error", () => {});
    socket.write(`GET ${LOG}/follow HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await once(socket, "data");
  }
  const deciding = decideAll(served, ...Array(40).fill(READ));
  for (const socket of sockets) socket.resetAndDestroy();
  await deciding;
  const { text } = await served.get("/metrics");
  assert.match(text, /^cordon_http_requests_in_flight 1$/m);
  assert.deepEqual(
    served.lines.filter(({ level }) => Number(level) >= 50),
    [],
  );
});

test("followers end when the server closes, and don't keep it open", async (t) => {
  const served = await serve(t);
  const response = await fetch(`${served.url}${LOG}/follow`);
  const started = performance.now();
  await served.server.close();
  assert.equal(await response.text(), "");
  assert.ok(performance.now() - started < 2_000);
});
