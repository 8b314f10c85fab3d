import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { FULL, MUTATION_PROJECT, type MutatedRequest, mutatedRequest } from "./mutation.test.support.js";
import { type RawAnswer, RawClient, rawRequest } from "./raw-client.test.support.js";
import { READ, serve } from "./serve.test.support.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() & 0x7fff_ffff);
const runs = Number(process.env.CORDON_RUNS ?? 10_000);
const MAX_GROWTH = 16 * 1024 * 1024;

test(`${runs} mutated requests get an answer or a problem that names what is wrong (CORDON_SEED=${seed})`, async (t) => {
  const { url, post, lines } = await serve(t, { level: "error", files: MUTATION_PROJECT });
  const unchanged = await post("/access/v1/evaluation?debug", FULL);
  assert.equal(unchanged.json.decision, true, unchanged.text);
  assert.deepEqual(unchanged.json.context.ignored.sort(), [
    "/action/properties/soft",
    "/context/unknown",
    "/subject/properties/department",
  ]);
  const client = new RawClient(url);
  t.after(() => client.close());
  const statuses = new Map<number, number>();
  const check = async (request: MutatedRequest): Promise<void> => {
    const answer = await client.send(
      rawRequest(request.method, request.target, request.headers, request.body),
    );
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    assertAnswer(answer);
  };
  const property = fc.asyncProperty(mutatedRequest, check);
  await fc.assert(property, { seed: seed + 1, numRuns: Math.ceil(runs / 10) });
  const before = heapInUse();
  await fc.assert(property, { seed, numRuns: runs });
  const grown = heapInUse() - before;
  t.diagnostic(
    `${JSON.stringify(Object.fromEntries(statuses))}, heap grown by ${Math.round(grown / 1024)} KiB`,
  );
  assert.ok(grown < MAX_GROWTH, `the heap grew by ${grown} bytes`);
  assert.deepEqual(lines, [], "the server logged an error");
  for (const status of [200, 400, 404, 405]) assert.ok(statuses.has(status), `no ${status}: too tame`);
  assert.equal((await post("/access/v1/evaluation", READ)).json.decision, true);
});

function assertAnswer({ status, headers, body }: RawAnswer): void {
  assert.ok(status < 500, `${status} ${body}`);
  assert.ok(headers["x-request-id"], body);
  const json = JSON.parse(body);
  if (status < 300) {
    assert.equal(headers["content-type"], "application/json");
    const answers = json.evaluations ?? json.decisions ?? [json];
    for (const answer of answers)
      assert.match(typeof (answer.decision ?? answer.outcome), /boolean|string/, body);
    return;
  }
  assert.equal(headers["content-type"], "application/problem+json", body);
  assert.equal(json.status, status);
  for (const member of ["type", "title", "detail", "code", "request_id"])
    assert.equal(typeof json[member], "string", body);
  assert.doesNotMatch(body, /node:|\.js:\d|at .*\(/);
  if (status !== 400 && status !== 413) return;
  const places = ["pointer", "header", "parameter"].filter((place) => typeof json[place] === "string");
  assert.equal(places.length, 1, body);
}

function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
