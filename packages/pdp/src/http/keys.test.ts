import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { pino } from "pino";
import { StoreError } from "../index.js";
import { type ServerError, startServer } from "./index.js";
import { assertProblem, READ, serve } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";

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
  assert.equal((await post("/cordon/v1/plan", READ, evaluate)).status, 200);
  assert.equal((await post("/cordon/v1/plan", READ, readLog)).status, 403);
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

test("a store that fails is a 503 that gives nothing away, and doesn't touch what needs no store", async (t) => {
  const fail = () => Promise.reject(new StoreError("store_unavailable", "/secret/path can't be read"));
  const keys = { create: fail, list: fail, revoke: fail, verify: fail, count: async () => 1 };
  const { post, get } = await serve(t, { keys });
  const answer = await post(EVALUATION, READ, { authorization: "Bearer x" });
  assertProblem(answer, 503, "store_unavailable");
  assert.doesNotMatch(answer.text, /secret/);
  assert.equal((await get("/healthz", { authorization: "Bearer x" })).status, 200);
});
