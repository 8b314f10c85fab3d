import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { pino } from "pino";
import type { ProjectDecider } from "../index.js";
import { startServer } from "./index.js";
import { assertProblem, READ, serve, standIn } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";

/** Filled by `holding`: when a decision was asked for, and how to let all of them go. */
interface Hold {
  asked?: Promise<void>;
  release?: () => void;
}

/** A decider whose answers wait until the test lets them go. */
function holding(hold: Hold): (decider: ProjectDecider) => ProjectDecider {
  return (decider) => {
    let ask = (): void => {};
    hold.asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const released = new Promise<void>((resolve) => {
      hold.release = resolve;
    });
    return standIn(decider, {
      decide: async (...args) => {
        ask();
        await released;
        return decider.decide(...args);
      },
    });
  };
}

test("closing finishes what is in flight and refuses what comes later", async (t) => {
  const hold: Hold = {};
  const { post, get, server, url } = await serve(t, { wrap: holding(hold) });
  assert.equal((await get("/healthz")).status, 200);
  const pending = post(EVALUATION, READ);
  await hold.asked;
  const closed = server.close();
  hold.release?.();
  const answer = await pending;
  assert.equal(answer.status, 200);
  assert.equal(answer.json.decision, true);
  assert.equal(answer.headers.get("connection"), "close");
  await closed;
  await assert.rejects(fetch(`${url}/healthz`));
});

test("closing doesn't wait for ever", async (t) => {
  const hold: Hold = {};
  const { post, server } = await serve(t, { wrap: holding(hold), timeouts: { shutdownMs: 200 } });
  const pending = assert.rejects(post(EVALUATION, READ));
  await hold.asked;
  const started = performance.now();
  await server.close();
  assert.ok(performance.now() - started < 2_000);
  await pending;
  hold.release?.();
});

test("more requests in flight than allowed are refused with a 503", async (t) => {
  const hold: Hold = {};
  const { post, get } = await serve(t, { wrap: holding(hold), limits: { inFlight: 1 } });
  const pending = post(EVALUATION, READ);
  await hold.asked;
  const refused = await get("/healthz");
  assertProblem(refused, 503, "overloaded");
  assert.equal(refused.headers.get("retry-after"), "1");
  hold.release?.();
  assert.equal((await pending).status, 200);
});

test("a client that takes no byte of its answers is cut off; one that waits for its answer is not", async (t) => {
  const hold: Hold = {};
  const { url, post } = await serve(t, { wrap: holding(hold), timeouts: { stallMs: 1_000 } });
  const pending = post(EVALUATION, READ);
  await hold.asked;
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
  hold.release?.();
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
  const options = { decider, host: "127.0.0.1", logger: pino({ level: "silent" }), keys: null };
  await assert.rejects(startServer({ ...options, port: Number(new URL(url).port) }), {
    code: "address_in_use",
  });
  await assert.rejects(startServer({ ...options, port: 0, publicUrl: "ftp://x" }), {
    code: "invalid_public_url",
  });
});
