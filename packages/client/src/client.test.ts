import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { RequestError } from "@cordon/engine";
import { ConnectError, type ConnectOptions, connect, DeciderUnavailable, Unauthorized } from "./index.js";
import { fakeServer, sendJson } from "./testing-internal/fake-server.js";
import { allow, request, serverThat } from "./testing-internal/fixtures.js";

async function unavailable(
  answer: (response: ServerResponse) => void,
  options: Partial<ConnectOptions> = {},
): Promise<DeciderUnavailable> {
  const { url } = await serverThat(answer);
  const decider = connect({ url, timeoutMs: 2_000, ...options });
  const error = await decider.decide(request).then(
    () => assert.fail("it answered"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DeciderUnavailable, String(error));
  return error;
}

test("sends AuthZEN and reads the whole answer", async () => {
  const server = await serverThat((response) => sendJson(response, allow));
  const decider = connect({ url: `${server.url}/`, key: "secret" });
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  assert.deepEqual(await decider.decide(request, { traceId }), {
    decision: "allow",
    id: allow.context.id,
    bundleId: allow.context.bundle,
    reason: allow.context.reason,
    policies: allow.context.policies,
    errors: [{ policyId: "other", message: "integer overflow" }],
    obligations: [{ id: "watermark", policyId: "read" }],
    ignored: ["/principal/properties/nothing", "/context/x"],
  });
  const [sent] = server.received;
  assert.equal(`${sent?.method} ${sent?.path}`, "POST /access/v1/evaluation?debug");
  assert.equal(sent?.headers.authorization, "Bearer secret");
  assert.equal(sent?.headers["content-type"], "application/json");
  assert.match(sent?.headers.traceparent as string, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  assert.equal(
    sent?.body,
    '{"subject":{"type":"User","id":"ann"},"action":{"name":"ticket:read"},' +
      '"resource":{"type":"Ticket","id":"T-1","properties":{"size":12345678901234567890}},"context":{"country":"DE"}}',
  );
});

test("keeps a path prefix and the connection", async () => {
  const server = await serverThat((response) => sendJson(response, allow));
  const decider = connect({ url: `${server.url}/pdp/` });
  for (let i = 0; i < 20; i++) await decider.decide(request);
  assert.equal(server.received[0]?.path, "/pdp/access/v1/evaluation?debug");
  // The platform may open a second one while the first is being handed back.
  const connections = new Set(server.received.map(({ socket }) => socket)).size;
  assert.ok(connections <= 2, `${connections} connections for 20 requests`);
});

test("a server that says only yes or no is enough", async () => {
  const { url } = await serverThat((response) => sendJson(response, { decision: false }));
  const decision = await connect({ url }).decide(request);
  assert.equal(decision.decision, "deny");
  assert.equal(decision.reason.code, "no_permit");
});

test("an answer that is not AuthZEN is never an allow", async () => {
  const answers: unknown[] = [
    "",
    "yes",
    "null",
    "true",
    "[]",
    "{}",
    '{"decision":"true"}',
    '{"decision":1}',
    '{"decision":null}',
    '{"decision":true',
    '{"decision":true,"decision":false}',
    { decision: true, context: null },
    { decision: true, context: [] },
    { decision: true, context: { obligations: "watermark" } },
    { decision: true, context: { obligations: [{ policy: "read" }] } },
    { decision: true, context: { obligations: [null] } },
    { decision: true, context: { policies: [{ effect: "permit" }] } },
    { decision: true, context: { reason: "because" } },
    { decision: true, context: { id: 7 } },
  ];
  for (const answer of answers) {
    const error = await unavailable((response) => sendJson(response, answer));
    assert.equal(error.code, "bad_answer", JSON.stringify(answer));
  }
});

test("statuses that are not an answer are told apart", async () => {
  const cases: [number, string][] = [
    [404, "server_error"],
    [408, "server_error"],
    [429, "overloaded"],
    [500, "server_error"],
    [502, "server_error"],
    [503, "overloaded"],
    [201, "server_error"],
    [204, "server_error"],
  ];
  for (const [status, code] of cases) {
    const error = await unavailable((response) => sendJson(response, status === 204 ? "" : allow, status));
    assert.equal(error.code, code, String(status));
    assert.equal(error.status, status);
  }
});

test("a missing or weak key is `Unauthorized`, with the server's own words", async () => {
  for (const status of [401, 403]) {
    const problem = { detail: "there is no API key", help: "send `authorization: Bearer KEY`" };
    const error = await unavailable((response) => sendJson(response, problem, status));
    assert.ok(error instanceof Unauthorized);
    assert.equal(error.code, "unauthorized");
    assert.equal(error.message, `the server answered ${status}: there is no API key`);
    assert.equal(error.help, "send `authorization: Bearer KEY`");
  }
});

test("a redirect is not followed, so the key stays here", async () => {
  const other = await serverThat((response) => sendJson(response, allow));
  const error = await unavailable(
    (response) => {
      response.writeHead(307, { location: `${other.url}/access/v1/evaluation` });
      response.end();
    },
    { key: "secret" },
  );
  assert.equal(error.code, "bad_answer");
  assert.match(error.help, new RegExp(other.url));
  assert.equal(other.received.length, 0);
});

test("a malformed request is a `RequestError` that points into the request", async () => {
  const problem = {
    code: "wrong_type",
    detail: "`id` must be a string",
    pointer: "/subject/id",
    help: "write text",
  };
  const { url } = await serverThat((response) => sendJson(response, problem, 400));
  await assert.rejects(connect({ url }).decide(request), (error) => {
    assert.ok(error instanceof RequestError);
    const { code, message, path, help } = error;
    assert.deepEqual(
      { code, message, path, help },
      { code: "wrong_type", message: "`id` must be a string", path: "/principal/id", help: "write text" },
    );
    return true;
  });
});

test("what can't be sent is a `RequestError` before anything is sent", async () => {
  const server = await serverThat((response) => sendJson(response, allow));
  const decider = connect({ url: server.url });
  const isRequestError = (path: string) => (error: unknown) =>
    error instanceof RequestError && error.path === path;
  await assert.rejects(decider.decide({ ...request, principal: "ann" }), isRequestError("/principal"));
  await assert.rejects(decider.decide({ ...request, resource: 'Ticket::"' }), isRequestError("/resource"));
  await assert.rejects(decider.decide(request, { traceId: "nonsense" }), RequestError);
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  for (const value of [new Date(), new Map(), () => 1, Symbol("x"), Number.NaN, [undefined], cyclic]) {
    await assert.rejects(
      decider.decide({ ...request, context: { value } }),
      isRequestError(""),
      String(value),
    );
  }
  assert.equal(server.received.length, 0);
});

test("gives up on a server that doesn't answer, or only begins to", async () => {
  const silent = await unavailable(() => {}, { timeoutMs: 100 });
  assert.equal(silent.code, "timeout");
  assert.match(silent.message, /within 100 ms$/);
  const trickling = await unavailable(
    (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"decision":true,');
    },
    { timeoutMs: 100 },
  );
  assert.equal(trickling.code, "timeout");
});

test("a connection that breaks or never was is `network`", async () => {
  const broken = await unavailable((response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"decision":true}');
    setTimeout(() => response.socket?.destroy(), 10);
  });
  assert.equal(broken.code, "network");
  const server = await fakeServer(() => {});
  await server.close();
  await assert.rejects(connect({ url: server.url }).decide(request), (error) => {
    assert.ok(error instanceof DeciderUnavailable);
    assert.equal(error.code, "network");
    assert.match(error.message, /^can't reach `http:\/\/127\.0\.0\.1:\d+`: connect ECONNREFUSED/);
    return true;
  });
});

test("the caller's signal ends the wait, before and during", async () => {
  const { url } = await serverThat(() => {});
  const decider = connect({ url });
  const isAborted = (error: unknown) => error instanceof DeciderUnavailable && error.code === "aborted";
  await assert.rejects(decider.decide(request, { signal: AbortSignal.abort() }), isAborted);
  await assert.rejects(decider.decide(request, { signal: AbortSignal.timeout(30) }), isAborted);
});

test("explanations come with their decision, integers exact", async () => {
  const policies = [{ policyId: "read", clauses: [{ trace: { value: 9007199254740993n } }] }];
  const text = JSON.stringify({ ...allow, explanation: { decision: "allow", policies: [] } }).replace(
    '"policies":[]}',
    '"policies":[{"policyId":"read","clauses":[{"trace":{"value":9007199254740993}}]}]}',
  );
  const server = await serverThat((response) => sendJson(response, text));
  const { decision, explanation } = await connect({ url: server.url }).explain(request);
  assert.equal(decision.decision, "allow");
  assert.equal(server.received[0]?.path, "/cordon/v1/explain?debug");
  // Parsed objects have no prototype, which deepEqual would object to.
  const value = explanation.policies[0]?.clauses[0]?.trace.value;
  assert.equal(value, policies[0]?.clauses[0]?.trace.value);
});

test("an own fetch is used", async () => {
  const seen: unknown[] = [];
  const decider = connect({
    url: "https://pdp.example.com",
    fetch: async (input) => {
      seen.push(input);
      return new Response(JSON.stringify(allow));
    },
  });
  assert.equal((await decider.decide(request)).decision, "allow");
  assert.deepEqual(seen, ["https://pdp.example.com/access/v1/evaluation?debug"]);
});

test("an address or timeout that can't work is refused at once", () => {
  for (const url of [
    "",
    "pdp",
    "ftp://pdp",
    "http://user:pw@pdp",
    "http://pdp?x=1",
    "http://pdp#x",
    "127.0.0.1:80",
  ]) {
    assert.throws(
      () => connect({ url }),
      (error) => error instanceof ConnectError && error.code === "invalid_url" && error.help !== "",
      url,
    );
  }
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    assert.throws(
      () => connect({ url: "http://pdp", timeoutMs }),
      (error) => error instanceof ConnectError && error.code === "invalid_timeout",
      String(timeoutMs),
    );
  }
});
