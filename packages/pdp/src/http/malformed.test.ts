import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { RawClient, rawRequest, USUAL_HEADERS } from "./raw-client.test.support.js";
import { assertProblem, READ, serve } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";
const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const withContext = (json: string): string =>
  JSON.stringify({ ...READ, context: 0 }).replace('"context":0', `"context":${json}`);

const BROKEN: [kind: string, body: string, pointer: string][] = [
  ["truncated", '{"subject":{"type":"user","id":"al', ""],
  ["trailing text", `${JSON.stringify(READ)} x`, ""],
  ["trailing comma", '{"subject":1,}', ""],
  ["comment", "{}/**/", ""],
  ["single quotes", "{'subject':1}", ""],
  ["NaN", withContext('{"a":NaN}'), "/context/a"],
  ["leading zero", withContext('{"a":01}'), "/context"],
  ["control character in text", withContext('{"a":"\u0001"}'), "/context/a"],
  ["byte order mark", `\ufeff${JSON.stringify(READ)}`, ""],
  ["duplicate member", '{"subject":{"type":"user","id":"alice","id":"bob"}}', "/subject/id"],
  ["duplicate member at the top", '{"subject":{},"subject":{}}', "/subject"],
  ["10,000 nested levels", nested(10_000), ""],
  ["65 nested levels in context", withContext(`{"a":${nested(65)}}`), "/context/a"],
  ["lone surrogate in an id", JSON.stringify(READ).replace("alice", "\\ud800"), "/subject/id"],
  ["lone surrogate in a key", withContext('{"\\udc00":1}'), "/context"],
];

test("each kind of broken JSON is a 400 that says where", async (t) => {
  const { post } = await serve(t);
  for (const [kind, body, pointer] of BROKEN) {
    const answer = await post(EVALUATION, body);
    assert.equal(answer.status, 400, `${kind}: ${answer.text}`);
    assert.equal(answer.json.type, "/docs#invalid_json", `${kind}: ${answer.text}`);
    assert.equal(typeof answer.json.line, "number", kind);
    assert.equal(typeof answer.json.pointer, "string", kind);
    assert.ok(answer.json.pointer.startsWith(pointer), `${kind}: ${answer.text}`);
  }
});

const WRONG: [kind: string, body: unknown, pointer: string][] = [
  ["an array", [], ""],
  ["null", null, ""],
  ["text", '"alice"', ""],
  ["a number", 1, ""],
  ["subject is null", { ...READ, subject: null }, "/subject"],
  ["subject is an array", { ...READ, subject: [] }, "/subject"],
  ["id is a number", { ...READ, subject: { type: "user", id: 7 } }, "/subject/id"],
  [
    "id is a number beyond 64 bits",
    JSON.stringify(READ).replace('"alice"', "123456789012345678901234567890"),
    "/subject/id",
  ],
  ["type is null", { ...READ, resource: { type: null, id: "x" } }, "/resource/type"],
  ["context is text", { ...READ, context: "x" }, "/context"],
];

test("each member of the wrong type is a 400 that names it", async (t) => {
  const { post } = await serve(t);
  for (const [, body, pointer] of WRONG) {
    assertProblem(await post(EVALUATION, body), 400, "wrong_type", { pointer });
  }
});

test("what the schema declares otherwise is a 400 that names it, single and in a batch", async (t) => {
  const { post } = await serve(t);
  const role = (value: unknown) => ({ ...READ, subject: { ...READ.subject, properties: { role: value } } });
  for (const value of [7, true, ["admin"], { a: 1 }]) {
    const answer = await post(EVALUATION, role(value));
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.pointer, "/subject/properties/role");
    assert.equal(answer.json.type, "/docs#invalid_request");
  }
  const inItem = await post("/access/v1/evaluations", { evaluations: [READ, role(7)] });
  assert.equal(inItem.json.evaluations[1].context.error.pointer, "/evaluations/1/subject/properties/role");
  const inDefault = await post("/access/v1/evaluations", { ...role(7), evaluations: [{ context: {} }] });
  assert.equal(inDefault.json.evaluations[0].context.error.pointer, "/subject/properties/role");
});

test("names that are special to JavaScript are ordinary names", async (t) => {
  const { post } = await serve(t);
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const id = JSON.stringify(READ).replace('"alice"', JSON.stringify(name));
    const properties = `{"subject":{"type":"user","id":"alice","properties":{${JSON.stringify(name)}:{"role":"admin"}}},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},${JSON.stringify(name)}:{"polluted":true}}`;
    for (const body of [id, properties, JSON.stringify({ ...READ, action: { name } })]) {
      const answer = await post(EVALUATION, body);
      assert.equal(answer.status, 200, `${body}: ${answer.text}`);
    }
  }
  assert.equal("polluted" in {}, false);
});

test("unknown types and actions are denied with a reason, not refused", async (t) => {
  const { post } = await serve(t);
  const cases: [unknown, string][] = [
    [{ ...READ, subject: { type: "spaceship", id: "x" } }, "unknown_principal_type"],
    [{ ...READ, resource: { type: "spaceship", id: "x" } }, "unknown_resource_type"],
    [{ ...READ, action: { name: "launch" } }, "unknown_action"],
    [{ ...READ, subject: READ.resource }, "action_not_applicable"],
  ];
  for (const [body, code] of cases) {
    const { status, json } = await post(EVALUATION, body);
    assert.equal(status, 200);
    assert.equal(json.decision, false);
    assert.equal(json.context.reason.code, code);
  }
});

test("bytes that are not UTF-8, and compressed bodies, are 400", async (t) => {
  const { post } = await serve(t);
  assertProblem(await post(EVALUATION, Buffer.from([0x7b, 0xff, 0x7d])), 400, "invalid_utf8", {
    pointer: "",
  });
  const gzip = await post(EVALUATION, READ, { "content-encoding": "gzip" });
  assertProblem(gzip, 400, "unsupported_content_encoding", { header: "content-encoding" });
});

test("a content type with parameters is JSON all the same; none is not", async (t) => {
  const { post, url } = await serve(t);
  const answer = await post(EVALUATION, READ, { "content-type": "Application/JSON; charset=utf-8" });
  assert.equal(answer.json.decision, true);
  const client = new RawClient(url);
  t.after(() => client.close());
  const none = await client.send(
    rawRequest("POST", EVALUATION, ["host: localhost"], Buffer.from(JSON.stringify(READ))),
  );
  assert.equal(JSON.parse(none.body).code, "invalid_content_type");
});

test("a body of 10 MB is a 413, with or without a stated length, and the connection lives on", async (t) => {
  const { url } = await serve(t);
  const client = new RawClient(url);
  t.after(() => client.close());
  const large = Buffer.alloc(10_000_000, 0x20);
  const stated = await client.send(rawRequest("POST", EVALUATION, USUAL_HEADERS, large));
  assert.equal(stated.status, 413);
  assert.equal(JSON.parse(stated.body).pointer, "");
  const head = `POST ${EVALUATION} HTTP/1.1\r\n${[...USUAL_HEADERS, "transfer-encoding: chunked"].join("\r\n")}\r\n\r\n`;
  const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, 0x20), Buffer.from("\r\n")]);
  const chunks = Buffer.concat([
    Buffer.from(head),
    ...Array<Buffer>(150).fill(chunk),
    Buffer.from("0\r\n\r\n"),
  ]);
  const unstated = await client.send(chunks);
  assert.equal(unstated.status, 413);
  const after = await client.send(
    rawRequest("POST", EVALUATION, USUAL_HEADERS, Buffer.from(JSON.stringify(READ))),
  );
  assert.equal(after.status, 200);
});

test("a client that asks before it sends a large body is told at once", async (t) => {
  const { url } = await serve(t);
  const client = new RawClient(url);
  t.after(() => client.close());
  const ask = (length: number): string =>
    `POST ${EVALUATION} HTTP/1.1\r\n${[...USUAL_HEADERS, "expect: 100-continue", `content-length: ${length}`].join("\r\n")}\r\n\r\n`;
  const refused = await client.send(ask(10_000_000));
  assert.equal(refused.status, 413);
  assert.equal(refused.headers.connection, "close");
  const body = JSON.stringify(READ);
  const accepted = await client.send(ask(body.length) + body);
  assert.equal(accepted.status, 200);
  const other = await client.send(ask(body.length).replace("100-continue", "tea") + body);
  assert.equal(other.status, 417);
});

test("batches: whole-payload faults are a 400 or 413, faults of an item an answer in its place", async (t) => {
  const { post } = await serve(t, { limits: { batchItems: 3 } });
  const batch = (evaluations: unknown, more = {}) =>
    post("/access/v1/evaluations", { ...READ, evaluations, ...more });
  assertProblem(await batch(null), 400, "wrong_type", { pointer: "/evaluations" });
  assertProblem(await batch({}), 400, "wrong_type", { pointer: "/evaluations" });
  assertProblem(await batch([{}, {}, {}, {}]), 413, "too_many_evaluations", { pointer: "/evaluations" });
  assertProblem(await batch([{}], { subject: "alice" }), 400, "wrong_type", { pointer: "/subject" });
  assertProblem(await batch([{}], { action: { name: 1 } }), 400, "wrong_type", { pointer: "/action/name" });
  assertProblem(await batch([{}], { options: [] }), 400, "wrong_type", { pointer: "/options" });
  const semantic = { options: { evaluations_semantic: "all" } };
  assertProblem(await batch([{}], semantic), 400, "unknown_semantic", {
    pointer: "/options/evaluations_semantic",
  });
  const { json } = await batch([null, { subject: null }, { resource: { type: "record", id: 1 } }]);
  assert.deepEqual(
    json.evaluations.map((e: { decision: boolean; context: { error: { pointer: string } } }) => [
      e.decision,
      e.context.error.pointer,
    ]),
    [
      [false, "/evaluations/0"],
      [false, "/evaluations/1/subject"],
      [false, "/evaluations/2/resource/id"],
    ],
  );
});

const HTTP: [kind: string, bytes: string, status: number][] = [
  ["no HTTP at all", "hello\r\n\r\n", 400],
  ["no host", "GET /healthz HTTP/1.1\r\n\r\n", 400],
  [
    "a header beyond 16 KiB",
    `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
  ],
  [
    "two content lengths",
    "POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na",
    400,
  ],
  [
    "smuggled length",
    `POST ${EVALUATION} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    "a broken chunk",
    `POST ${EVALUATION} HTTP/1.1\r\n${USUAL_HEADERS.join("\r\n")}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    400,
  ],
  ["CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n", 405],
  ["an unknown path", "GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n", 404],
  ["a path that is no path", "GET * HTTP/1.1\r\nhost: localhost\r\n\r\n", 404],
  ["a wrong method", "DELETE /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", 405],
  ["a foreign host", "GET /cordon/v1/bundle HTTP/1.1\r\nhost: evil.example\r\n\r\n", 421],
  ["a broken escape", "GET /cordon/v1/decisions/%zz HTTP/1.1\r\nhost: localhost\r\n\r\n", 400],
];

test("what is not HTTP, or not for us, is answered with a problem as well", async (t) => {
  const { url } = await serve(t);
  const client = new RawClient(url);
  t.after(() => client.close());
  for (const [kind, bytes, status] of HTTP) {
    const answer = await client.send(bytes);
    client.close();
    assert.equal(answer.status, status, `${kind}: ${answer.body}`);
    assert.equal(answer.headers["content-type"], "application/problem+json", kind);
    assert.equal(JSON.parse(answer.body).status, status, kind);
  }
});

test("clients that ask for a tunnel or break HTTP, and vanish, do no harm", async (t) => {
  const { url, get } = await serve(t);
  for (const bytes of [
    "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
    "rubbish\r\n\r\n",
    `POST ${EVALUATION} HTTP/1.1\r\n`,
  ]) {
    for (let i = 0; i < 10; i++) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write(bytes, () => socket.resetAndDestroy());
      await once(socket, "close");
    }
  }
  assert.equal((await get("/healthz")).status, 200);
});

test("a request id comes back byte for byte", async (t) => {
  const { url } = await serve(t);
  const client = new RawClient(url);
  t.after(() => client.close());
  const id = "caf\xe9 \xc3\xa9";
  const body = Buffer.from(JSON.stringify(READ));
  const headers = [...USUAL_HEADERS, `x-request-id: ${id}`];
  for (const sent of [body, Buffer.from("{")]) {
    const answer = await client.send(rawRequest("POST", EVALUATION, headers, sent));
    assert.equal(answer.headers["x-request-id"], id);
    JSON.parse(answer.body);
  }
});

test("an absolute request target is served, as RFC 9112 wants", async (t) => {
  const { url } = await serve(t);
  const client = new RawClient(url);
  t.after(() => client.close());
  const answer = await client.send(`GET ${url}/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  assert.equal(answer.status, 200);
});

test("a request that dribbles in is cut off with a 408", async (t) => {
  const { url } = await serve(t, { timeouts: { headersMs: 300, requestMs: 300 } });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("POST /access/v1/evaluation HTTP/1.1\r\nhost: localhost\r\n");
  let received = "";
  for await (const chunk of socket) received += chunk;
  assert.match(received, /^HTTP\/1\.1 408 /);
  assert.match(received, /"code":"request_timeout"/);
});
