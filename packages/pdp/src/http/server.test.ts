import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import type { ProjectDecider } from "../index.js";
import { type ServerError, startServer } from "./index.js";
import { assertProblem, READ, serve } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";

/** A decider whose answers wait until the test lets them go. */
function held(decider: ProjectDecider): {
  decider: ProjectDecider;
  asked: Promise<void>;
  release: () => void;
} {
  let ask = (): void => {};
  let release = (): void => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = Object.create(decider, {
    decide: {
      value: async (...args: Parameters<ProjectDecider["decide"]>) => {
        ask();
        await gate;
        return decider.decide(...args);
      },
    },
  }) as ProjectDecider;
  return { decider: slow, asked, release };
}

/** The project's getters keep private state, so a stand-in has to pass them on. */
function holding(box: {
  release?: () => void;
  asked?: Promise<void>;
}): (decider: ProjectDecider) => ProjectDecider {
  return (decider) => {
    const { decider: slow, asked, release } = held(decider);
    box.asked = asked;
    box.release = release;
    return new Proxy(decider, {
      get: (target, name) => {
        if (name === "decide") return slow.decide;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
}

test("an answer carries the decision id, bundle, reason, policies and obligations, and `ignored` only with debug", async (t) => {
  const { post, decider } = await serve(t);
  const body = { ...READ, action: { name: "write" }, context: { mood: "good" } };
  const plain = (await post(EVALUATION, body)).json.context;
  assert.deepEqual(Object.keys(plain), ["id", "bundle", "reason", "policies", "obligations", "errors"]);
  assert.equal(plain.bundle, decider.bundle.id);
  assert.equal(plain.reason.code, "permitted");
  assert.deepEqual(plain.policies, [{ id: "alice-writes", effect: "permit" }]);
  assert.deepEqual(plain.obligations, [{ id: "notify-owner", policy: "alice-writes" }]);
  const debug = (await post(`${EVALUATION}?debug`, body)).json.context;
  assert.deepEqual(debug.ignored, ["/context/mood"]);
  const more = { ...READ.subject, properties: { mood: "good" } };
  const evaluations = [{}, { subject: more }];
  const { json } = await post("/access/v1/evaluations?debug", { ...READ, subject: more, evaluations });
  const ignored = json.evaluations.map((e: { context: { ignored: string[] } }) => e.context.ignored);
  assert.deepEqual(ignored, [["/subject/properties/mood"], ["/evaluations/1/subject/properties/mood"]]);
  const read = (await post(EVALUATION, READ)).json.context;
  assert.deepEqual(read.policies, [{ id: "read", effect: "permit", reason: "everybody reads" }]);
});

test("every answered decision is in the log, with its caller and trace", async (t) => {
  const { post, decider } = await serve(t);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const { id } = (await post(EVALUATION, READ, { traceparent })).json.context;
  const record = await decider.log?.get(id);
  assert.equal(record?.caller, "anonymous@loopback");
  assert.equal(record?.traceId, "4bf92f3577b34da6a3ce929d0e0e4736");
  const other = (await post(EVALUATION, READ, { traceparent: "00-junk" })).json.context;
  assert.equal((await decider.log?.get(other.id))?.traceId, null);
});

test("the three semantics stop where they say, and an item's error counts as a deny", async (t) => {
  const { post } = await serve(t);
  const write = { ...READ, subject: { type: "user", id: "bob" }, action: { name: "write" } };
  const run = async (semantic: string, evaluations: unknown[]): Promise<boolean[]> => {
    const { json } = await post("/access/v1/evaluations", {
      evaluations,
      options: { evaluations_semantic: semantic },
    });
    return json.evaluations.map((e: { decision: boolean }) => e.decision);
  };
  assert.deepEqual(await run("execute_all", [READ, write, null, READ]), [true, false, false, true]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, READ, write, READ]), [true, true, false]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, null, write, READ]), [true, false]);
  assert.deepEqual(await run("deny_on_first_deny", [write, null]), [false]);
  assert.deepEqual(await run("deny_on_first_deny", [READ, READ]), [true, true]);
  assert.deepEqual(await run("permit_on_first_permit", [null, write, READ, null, READ]), [
    false,
    false,
    true,
  ]);
  assert.deepEqual(await run("permit_on_first_permit", [READ, null]), [true]);
  assert.deepEqual(await run("permit_on_first_permit", [write, null]), [false, false]);
});

test("items of a batch that share ids never share properties", async (t) => {
  const { post } = await serve(t);
  const item = (status: string) => ({ resource: { type: "record", id: "record-9", properties: { status } } });
  const { json } = await post("/access/v1/evaluations", {
    subject: READ.subject,
    action: { name: "write" },
    evaluations: [item("active"), item("archived"), item("active")],
  });
  assert.deepEqual(
    json.evaluations.map((e: { decision: boolean }) => e.decision),
    [true, false, true],
  );
});

test("a host that others reach is refused without a key, and warned about without TLS", async (t) => {
  await assert.rejects(serve(t, { host: "0.0.0.0" }), (error: ServerError) => {
    assert.equal(error.code, "no_keys");
    assert.match(error.help, /cordon keys create/);
    return true;
  });
  await assert.rejects(serve(t, { host: "::", keys: null }), { code: "no_keys" });
  const { decider } = await serve(t);
  await decider.store?.keys.create({ name: "gate", scopes: ["evaluate"] });
  const lines: string[] = [];
  const { pino } = await import("pino");
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const server = await startServer({
    decider,
    host: "0.0.0.0",
    port: 0,
    logger,
    keys: decider.store?.keys ?? null,
  });
  t.after(() => server.close());
  assert.match(lines.join(""), /no TLS/);
  const port = new URL(server.url).port;
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((i) => i?.family === "IPv4" && !i.internal);
  const answer = await fetch(`http://${outside?.address ?? "127.0.0.1"}:${port}/cordon/v1/bundle`);
  assert.equal(answer.status, 401);
});

test("a key made while the server runs is needed at once, and revoking the last one opens nothing", async (t) => {
  const { post, decider, lines } = await serve(t);
  assert.ok(lines.some((line) => /there is no API key/.test(String(line.msg))));
  assert.equal((await post(EVALUATION, READ)).status, 200);
  const keys = decider.store?.keys;
  assert.ok(keys);
  const { key } = await keys.create({ name: "gate", scopes: ["evaluate"] });
  const without = await post(EVALUATION, READ);
  assertProblem(without, 401, "unauthenticated", { header: "authorization" });
  assert.equal(without.headers.get("www-authenticate"), 'Bearer realm="cordon"');
  const wrong = await post(EVALUATION, READ, { authorization: "Bearer nonsense" });
  assert.match(wrong.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  const right = await post(EVALUATION, READ, { authorization: `Bearer ${key}` });
  assert.equal(right.status, 200);
  assert.equal((await decider.log?.get(right.json.context.id))?.caller, "gate");
  await keys.revoke("gate");
  assertProblem(await post(EVALUATION, READ, { authorization: `Bearer ${key}` }), 401, "unauthenticated");
  assertProblem(await post(EVALUATION, READ), 401, "unauthenticated");
  assert.equal(
    lines.some((line) => JSON.stringify(line).includes(key)),
    false,
    "the key is in the server's log",
  );
});

test("each endpoint wants its own scope, and says which one is missing", async (t) => {
  const { post, get, decider } = await serve(t);
  const keys = decider.store?.keys;
  assert.ok(keys);
  const bearer = async (name: string, scopes: ("evaluate" | "read_log" | "administer")[]) => ({
    authorization: `Bearer ${(await keys.create({ name, scopes })).key}`,
  });
  const evaluate = await bearer("gate", ["evaluate"]);
  const readLog = await bearer("auditor", ["read_log"]);
  const administer = await bearer("operator", ["administer"]);
  const denied = await post(EVALUATION, READ, readLog);
  assertProblem(denied, 403, "missing_scope", { detail: "the key `auditor` lacks the scope `evaluate`" });
  assert.match(denied.headers.get("www-authenticate") ?? "", /insufficient_scope.*scope="evaluate"/);
  assert.equal((await post("/cordon/v1/explain", READ, evaluate)).status, 403);
  assert.equal((await post("/cordon/v1/explain", READ, readLog)).status, 200);
  for (const path of [
    "/cordon/v1/decisions",
    "/cordon/v1/decisions/verify",
    "/cordon/v1/decisions/x/explain",
  ]) {
    assert.equal((await get(path, administer)).status, 403, path);
    assert.notEqual((await get(path, readLog)).status, 403, path);
  }
  for (const path of ["/cordon/v1/bundle", "/metrics"]) {
    assert.equal((await get(path)).status, 401, path);
    assert.equal((await get(path, evaluate)).status, 403, path);
    assert.equal((await get(path, readLog)).status, 200, path);
    assert.equal((await get(path, administer)).status, 200, path);
  }
  for (const path of [
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/.well-known/authzen-configuration",
  ]) {
    assert.equal((await get(path)).status, 200, path);
  }
  assert.deepEqual((await get("/readyz")).json, { status: "ok" });
  assert.equal((await get("/readyz", evaluate)).json.bundle, decider.bundle.id);
});

test("closing finishes what is in flight and refuses what comes later", async (t) => {
  const box: { release?: () => void; asked?: Promise<void> } = {};
  const { post, get, server, url } = await serve(t, { wrap: holding(box) });
  assert.equal((await get("/healthz")).status, 200);
  const pending = post(EVALUATION, READ);
  await box.asked;
  const closed = server.close();
  box.release?.();
  const answer = await pending;
  assert.equal(answer.status, 200);
  assert.equal(answer.json.decision, true);
  assert.equal(answer.headers.get("connection"), "close");
  await closed;
  await assert.rejects(fetch(`${url}/healthz`));
});

test("closing doesn't wait for ever", async (t) => {
  const box: { release?: () => void; asked?: Promise<void> } = {};
  const { post, server } = await serve(t, { wrap: holding(box), timeouts: { shutdownMs: 200 } });
  const pending = assert.rejects(post(EVALUATION, READ));
  await box.asked;
  const started = performance.now();
  await server.close();
  assert.ok(performance.now() - started < 2_000);
  await pending;
  box.release?.();
});

test("more requests in flight than allowed are refused with a 503", async (t) => {
  const box: { release?: () => void; asked?: Promise<void> } = {};
  const { post, get } = await serve(t, { wrap: holding(box), limits: { inFlight: 1 } });
  const pending = post(EVALUATION, READ);
  await box.asked;
  const refused = await get("/healthz");
  assertProblem(refused, 503, "overloaded");
  assert.equal(refused.headers.get("retry-after"), "1");
  box.release?.();
  assert.equal((await pending).status, 200);
});

test("a failure inside answers with a problem that gives nothing away, and is logged with its request id", async (t) => {
  const { post, lines } = await serve(t, {
    wrap: (decider) =>
      new Proxy(decider, {
        get: (target, name) => {
          if (name === "decide") return () => Promise.reject(new Error("secret of the database"));
          const value = Reflect.get(target, name);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
  });
  const answer = await post(EVALUATION, READ);
  assertProblem(answer, 500, "internal_error");
  assert.doesNotMatch(answer.text, /secret|at /);
  const line = lines.find(({ level }) => level === 50);
  assert.equal(line?.requestId, answer.json.request_id);
});

test("a store that fails is a 503 that gives nothing away, and doesn't touch what needs no store", async (t) => {
  const { StoreError } = await import("../index.js");
  const fail = () => Promise.reject(new StoreError("store_unavailable", "/secret/path can't be read"));
  const keys = { create: fail, list: fail, revoke: fail, verify: fail, count: async () => 1 };
  const { post, get } = await serve(t, { keys });
  const answer = await post(EVALUATION, READ, { authorization: "Bearer x" });
  assertProblem(answer, 503, "store_unavailable");
  assert.doesNotMatch(answer.text, /secret/);
  assert.equal((await get("/healthz", { authorization: "Bearer x" })).status, 200);
});

test("a client that takes no byte of its answers is cut off; one that waits for its answer is not", async (t) => {
  const box: { release?: () => void; asked?: Promise<void> } = {};
  const { url, post } = await serve(t, { wrap: holding(box), timeouts: { stallMs: 1_000 } });
  const pending = post(EVALUATION, READ);
  await box.asked;
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  const asked = 400;
  socket.write("GET /docs HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(asked));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  let answers = 0;
  socket.on("data", (chunk) => {
    answers += chunk.toString("latin1").split("HTTP/1.1 200").length - 1;
  });
  socket.on("error", () => {});
  await once(socket, "close");
  assert.ok(answers < asked, `${answers} answers were kept for a client that read none`);
  box.release?.();
  assert.equal((await pending).status, 200);
});

test("an idle connection is closed after its time", async (t) => {
  const { url } = await serve(t, { timeouts: { keepAliveMs: 100 } });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  socket.resume();
  await once(socket, "close", { signal: AbortSignal.timeout(5_000) });
});

test("rubbish behind a request whose answer has begun doesn't get into that answer", async (t) => {
  const { url } = await serve(t);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("GET /cordon/v1/decisions/follow HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(socket, "data");
  let rest = "";
  socket.on("data", (chunk) => {
    rest += chunk;
  });
  socket.write("rubbish\r\n\r\n");
  await once(socket, "close");
  assert.equal(rest, "");
});

test("a client that goes away in the middle of its body does no harm", async (t) => {
  const { url, get, lines } = await serve(t);
  const req = request(url + EVALUATION, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 100 },
  });
  req.on("error", () => {});
  req.write("{");
  await once(req, "socket");
  await new Promise((resolve) => setTimeout(resolve, 50));
  req.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await get("/healthz")).status, 200);
  assert.equal(
    lines.some(({ level }) => Number(level) >= 50),
    false,
  );
});

test("an address in use is a clear error", async (t) => {
  const { url, decider } = await serve(t);
  const { pino } = await import("pino");
  const options = { decider, host: "127.0.0.1", logger: pino({ level: "silent" }), keys: null };
  await assert.rejects(startServer({ ...options, port: Number(new URL(url).port) }), {
    code: "address_in_use",
  });
  await assert.rejects(startServer({ ...options, port: 0, publicUrl: "ftp://x" }), {
    code: "invalid_public_url",
  });
});

test("requests are logged at debug level by route, never by path or with secrets", async (t) => {
  const { get, lines } = await serve(t);
  await get("/cordon/v1/decisions/private-id?x=secret", { authorization: "Bearer secret" });
  await get("/healthz");
  const answered = lines.filter(({ msg }) => msg === "answered");
  assert.equal(answered[0]?.route, "/cordon/v1/decisions/{id}");
  assert.equal(answered[0]?.status, 404);
  assert.equal(JSON.stringify(lines).includes("secret"), false);
});
