import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertProblem, CERTIFICATION_PROJECT, READ, serve, standIn } from "./serve.test.support.js";

const EVALUATION = "/access/v1/evaluation";

test("readiness names the bundle; a project that breaks leaves the last good bundle serving, as stale", async (t) => {
  const { get, post, decider, directory } = await serve(t);
  const before = await get("/readyz");
  assert.equal(before.json.status, "ok");
  assert.equal(before.json.bundle, decider.bundle.id);
  assert.equal(before.json.entities, 4);
  assert.equal(before.json.log.mode, "durable");
  await writeFile(join(directory, "policies/record.cedar"), "permit (principal,");
  await decider.reload();
  const after = await get("/readyz");
  assert.equal(after.status, 200);
  assert.equal(after.json.status, "stale");
  assert.equal(after.json.bundle, before.json.bundle);
  assert.equal(after.json.diagnostics[0].file, "policies/record.cedar");
  assert.equal(after.json.diagnostics[0].line, 1);
  assert.equal((await post(EVALUATION, READ)).json.decision, true);
  const metrics = (await get("/metrics")).text;
  assert.match(metrics, /^cordon_bundle_stale 1$/m);
  assert.match(metrics, /^cordon_reloads_total\{result="failed"\} 1$/m);
});

test("a log that can't be written makes the server not ready", async (t) => {
  const { get } = await serve(t, {
    wrap: (decider) => {
      const { log } = decider;
      assert.ok(log);
      const stats = () => ({ ...log.stats(), healthy: false, failures: 1, lastError: "disk full" });
      return standIn(decider, {
        log: Object.assign(Object.create(log), { stats, flush: () => log.flush() }),
      });
    },
  });
  const { status, json } = await get("/readyz");
  assert.equal(status, 503);
  assert.equal(json.status, "log_unavailable");
  assert.equal(json.log.last_error, "disk full");
  assert.match((await get("/metrics")).text, /^cordon_log_healthy 0$/m);
});

test("metrics count decisions, requests, reloads and the log", async (t) => {
  const { get, post, decider, directory } = await serve(t);
  await post(EVALUATION, READ);
  await post("/access/v1/evaluations", { ...READ, evaluations: [{}, { action: { name: "launch" } }, null] });
  await post(EVALUATION, "{");
  await get("/no/such/path");
  const old = decider.bundle.id;
  const policies = CERTIFICATION_PROJECT["policies/record.cedar"];
  await writeFile(
    join(directory, "policies/record.cedar"),
    `${policies}\nforbid (principal, action, resource) when { false };`,
  );
  await decider.reload();
  const { text, headers } = await get("/metrics");
  assert.match(headers.get("content-type") ?? "", /^text\/plain/);
  const expected = [
    'cordon_decisions_total{decision="allow",reason="permitted"} 2',
    'cordon_decisions_total{decision="deny",reason="unknown_action"} 1',
    'cordon_evaluation_failures_total{code="wrong_type"} 1',
    "cordon_evaluation_duration_seconds_count 2",
    'cordon_http_requests_total{route="/access/v1/evaluation",method="POST",status="200"} 1',
    'cordon_http_requests_total{route="/access/v1/evaluation",method="POST",status="400"} 1',
    'cordon_http_requests_total{route="none",method="GET",status="404"} 1',
    "cordon_http_requests_in_flight 1",
    'cordon_reloads_total{result="ok"} 1',
    `cordon_bundle_info{id="${decider.bundle.id}"} 1`,
    "cordon_bundle_stale 0",
    "cordon_entities 4",
    "cordon_log_queued 0",
    "cordon_log_healthy 1",
    "cordon_log_written_total 3",
  ];
  for (const line of expected)
    assert.ok(text.split("\n").includes(line), `${line}\n${text.match(/^cordon.*$/gm)?.join("\n")}`);
  assert.notEqual(decider.bundle.id, old);
  assert.equal(text.includes(old), false, "the old bundle is still named");
});

test("two servers in one process have metrics of their own", async (t) => {
  const [one, two] = [await serve(t), await serve(t)];
  await one.post(EVALUATION, READ);
  assert.match((await one.get("/metrics")).text, /cordon_decisions_total\{.*\} 1/);
  assert.doesNotMatch((await two.get("/metrics")).text, /cordon_decisions_total\{/);
});

test("the bundle comes with its id as entity tag", async (t) => {
  const { get, decider } = await serve(t);
  const first = await get("/cordon/v1/bundle");
  const etag = first.headers.get("etag");
  assert.equal(etag, `"${decider.bundle.id}"`);
  assert.deepEqual(first.json, JSON.parse(JSON.stringify(decider.bundle)));
  for (const tag of [etag ?? "", `"x", W/${etag}`, "*"]) {
    const again = await get("/cordon/v1/bundle", { "if-none-match": tag });
    assert.equal(again.status, 304);
    assert.equal(again.text, "");
    assert.equal(again.headers.get("etag"), etag);
  }
  assert.equal((await get("/cordon/v1/bundle", { "if-none-match": '"x"' })).status, 200);
});

test("explain decides, and says why clause by clause", async (t) => {
  const { post, decider } = await serve(t);
  const { json } = await post("/cordon/v1/explain", { ...READ, action: { name: "write" } });
  assert.equal(json.decision, true);
  assert.equal(json.explanation.decision, "allow");
  assert.equal(json.explanation.policies[0].policyId, "alice-writes");
  assert.equal(json.explanation.policies[0].determining, true);
  assert.equal(json.explanation.policies[0].clauses[0].kind, "unless");
  assert.ok(await decider.log?.get(json.context.id));
  assertProblem(await post("/cordon/v1/explain", {}), 400, "missing_member", { pointer: "/subject" });
  const wrong = { ...READ, subject: { ...READ.subject, properties: { role: 7 } } };
  assert.equal((await post("/cordon/v1/explain", wrong)).json.pointer, "/subject/properties/role");
});

test("HEAD answers like GET without a body, and methods that don't exist are a 405 that names those that do", async (t) => {
  const { url, get } = await serve(t);
  for (const path of ["/healthz", "/docs", "/cordon/v1/bundle"]) {
    const head = await fetch(url + path, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("content-length"), String(Buffer.byteLength((await get(path)).text)));
  }
  const put = await fetch(`${url}/healthz`, { method: "PUT", body: "x" });
  assert.equal(put.status, 405);
  assert.equal(put.headers.get("allow"), "GET, HEAD");
  assert.equal((await get(EVALUATION)).headers.get("allow"), "POST");
});
