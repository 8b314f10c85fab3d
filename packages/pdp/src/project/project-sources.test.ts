import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DecisionRequest } from "@cordon/engine";
import { pino } from "pino";
import { startServer } from "../http/server.js";
import { MemorySource } from "../testing-internal/memory-source.js";
import { replaceFile, tempProject } from "../testing-internal/temp-project.js";
import { openProject } from "./open-project.js";
import type { ProjectDecider, ProjectOptions } from "./project-decider.js";

const SCHEMA = `
entity User = { level: Long };
entity Doc;
action "read" appliesTo { principal: [User], resource: [Doc] };
`;
const POLICIES = `permit (principal, action, resource) when { principal.level > 2 };`;
const ANN: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"d"' };

interface Service {
  readonly url: string;
  status: number;
  level: number;
  requests: number;
  delayMs: number;
  /** What the last request showed of itself. */
  seen: string;
}

/** A real service that knows the levels of users. */
async function service(t: TestContext): Promise<Service> {
  const server: Server = createServer((req, res) => {
    state.requests++;
    state.seen = `${req.headers.authorization} ${req.url}`;
    // A service that fails may well repeat what it was sent.
    const body = state.status === 200 ? { level: state.level } : { error: `refused: ${state.seen}` };
    setTimeout(() => {
      res.writeHead(state.status, { "content-type": "application/json" });
      res.end(JSON.stringify(body));
    }, state.delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const state: Service = {
    url: `http://127.0.0.1:${port}`,
    status: 200,
    level: 3,
    requests: 0,
    delayMs: 0,
    seen: "",
  };
  return state;
}

function settings(url: string, more = ""): string {
  return (
    `sources:
  levels:
    kind: http
    retries: 0
${more}    headers: { authorization: "Bearer $` +
    `{env:CORDON_CANARY}" }
    types: { User: { url: "${url}/{id}?key=$` +
    `{file:canary.txt}", attributes: { level: /level } } }
`
  );
}

async function open(t: TestContext, yaml: string, options: ProjectOptions = {}): Promise<ProjectDecider> {
  process.env.CORDON_CANARY = "canary-in-the-environment";
  const directory = await tempProject(t, {
    "policies/a.cedar": POLICIES,
    "schema.cedarschema": SCHEMA,
    "canary.txt": "canary-in-a-file\n",
    "cordon.yaml": yaml,
  });
  const decider = await openProject(directory, { watch: false, ...options });
  t.after(() => decider.close());
  return decider;
}

test("secrets reach the service, and nothing that anybody reads", async (t) => {
  const behind = await service(t);
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => lines.push(line) });
  const decider = await open(t, settings(behind.url), { logger });
  const said: unknown[] = [];
  for (const status of [200, 500, 401, 302, 200]) {
    behind.status = status;
    said.push(await decider.decide(ANN), await decider.explain(ANN));
  }
  behind.level = "no number" as unknown as number;
  said.push(await decider.explain(ANN));
  assert.equal(behind.seen, "Bearer canary-in-the-environment /ann?key=canary-in-a-file");
  await decider.log?.flush();
  said.push(await decider.log?.list(), decider.sources.list(), decider.status, decider.bundle);

  const server = await startServer({ decider, host: "127.0.0.1", port: 0, logger, keys: null });
  t.after(() => server.close());
  const body = JSON.stringify({
    subject: { type: "User", id: "ann" },
    action: { name: "read" },
    resource: { type: "Doc", id: "d" },
  });
  const headers = { "content-type": "application/json" };
  for (const path of ["/access/v1/evaluation?debug", "/cordon/v1/explain"]) {
    said.push(await (await fetch(server.url + path, { method: "POST", headers, body })).text());
  }
  for (const path of ["/readyz", "/metrics", "/cordon/v1/bundle", "/cordon/v1/decisions"]) {
    said.push(await (await fetch(server.url + path)).text());
  }
  const everything =
    JSON.stringify(said, (_key, value) => (typeof value === "bigint" ? String(value) : value)) +
    lines.join("");
  assert.match(everything, /source_unavailable/);
  assert.doesNotMatch(everything, /canary-in/);
});

test("says what is wrong with a source that can't be opened, without its secrets", async (t) => {
  process.env.CORDON_CANARY = "canary-in-the-environment";
  await assert.rejects(
    open(t, settings("no url at all")),
    (error: Error & { code: string; help: string }) => {
      assert.equal(error.code, "source_invalid");
      assert.match(error.message, /`levels`/);
      assert.doesNotMatch(`${error.message}${error.help}${error.stack}`, /canary-in/);
      return true;
    },
  );
});

test("reopens changed sources only, and drops no request", async (t) => {
  const [first, second] = [await service(t), await service(t)];
  const kept = new MemorySource("kept", {});
  const decider = await open(t, settings(first.url, "    maxAge: 1h\n"), { sources: [kept] });
  assert.equal((await decider.decide(ANN)).decision, "allow");
  const file = join(decider.directory, "cordon.yaml");
  await replaceFile(file, `${settings(first.url, "    maxAge: 1h\n")}resolve: { rounds: 3 }\n`);
  assert.equal((await decider.reload()).state, "ok");
  await decider.decide(ANN);
  assert.equal(first.requests, 1, "a source that didn't change keeps what it knows");

  first.delayMs = 100;
  second.level = 1;
  const early = decider.decide(ANN, { maxAge: 0 });
  await sleep(20);
  await replaceFile(file, settings(second.url, "    maxAge: 1h\n"));
  await decider.reload();
  const late = await decider.decide(ANN);
  assert.deepEqual([late.decision, late.reason.code], ["deny", "no_permit"]);
  assert.equal((await early).decision, "allow", "what began before ends with what it began with");
  assert.equal(kept.closed, 0);

  await replaceFile(file, settings(second.url).replace("canary.txt", "gone.txt"));
  const refused = await decider.reload();
  assert.equal(refused.state, "stale");
  assert.match(refused.lastReloadError?.message ?? "", /gone\.txt/);
  assert.equal((await decider.decide(ANN)).reason.code, "no_permit", "the last good version keeps answering");

  await replaceFile(file, "version: 1\n");
  await decider.reload();
  assert.deepEqual(
    decider.sources.list().map(({ name }) => name),
    ["kept"],
  );
  await decider.close();
  assert.equal(kept.closed, 1);
});

test("a webhook and a demand for fresher data reach the source", async (t) => {
  const behind = await service(t);
  const decider = await open(t, settings(behind.url, "    maxAge: 1h\n"));
  const logger = pino({ level: "silent" });
  const server = await startServer({ decider, host: "127.0.0.1", port: 0, logger, keys: null });
  t.after(() => server.close());
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const evaluate = async (headers: Record<string, string> = {}) => {
    const body = {
      subject: { type: "User", id: "ann" },
      action: { name: "read" },
      resource: { type: "Doc", id: "d" },
    };
    const answer = await post("/access/v1/evaluation", body, headers);
    return { status: answer.status, ...((await answer.json()) as { decision: boolean }) };
  };
  assert.equal((await evaluate()).decision, true);
  behind.level = 1;
  assert.equal((await evaluate()).decision, true);
  assert.equal((await evaluate({ "cordon-max-age": "3600" })).decision, true);
  assert.equal((await evaluate({ "cordon-max-age": "0" })).decision, false);
  assert.equal((await evaluate({ "cordon-max-age": "soon" })).status, 400);
  behind.level = 3;
  assert.equal((await evaluate()).decision, false);
  assert.equal((await post("/cordon/v1/sources/levels/invalidate", { type: "User", id: "ann" })).status, 200);
  assert.equal((await evaluate()).decision, true);
  assert.equal((await post("/cordon/v1/sources/nobody/invalidate", {})).status, 404);
  assert.equal((await post("/cordon/v1/sources/levels/invalidate", { id: "ann" })).status, 400);
  assert.equal((await post("/cordon/v1/sources/levels/invalidate", { type: 7 })).status, 400);
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as {
    sources: { name: string; state: string }[];
  };
  assert.deepEqual(
    ready.sources.map(({ name, state }) => [name, state]),
    [["levels", "ok"]],
  );
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /cordon_source_healthy\{source="levels"\} 1/);
  assert.match(metrics, /cordon_source_question_duration_seconds_count\{source="levels"\} \d+/);
  assert.match(metrics, /cordon_source_cache_hits_total\{source="levels"\} \d+/);
});

test("records say where each attribute came from and how old it was, and replay", async (t) => {
  const behind = await service(t);
  const decider = await open(t, settings(behind.url, "    maxAge: 1h\n    staleIfError: 1h\n"));
  await decider.decide(ANN);
  behind.status = 500;
  const kept = await decider.decide({ ...ANN, resource: 'Doc::"e"' });
  assert.equal(kept.decision, "allow");
  assert.equal((await decider.decide(ANN, { maxAge: 0 })).reason.code, "source_unavailable");
  decider.sources.invalidate("levels", {});
  const denied = await decider.decide(ANN);
  assert.equal(denied.reason.code, "source_unavailable");
  await decider.log?.flush();
  const records = (await decider.log?.list({ order: "oldest" }))?.records ?? [];
  assert.equal(records.length, 4);
  const [fresh, , , failed] = records;
  const ann = fresh?.entities.find(({ uid }) => uid.id === "ann");
  assert.deepEqual(ann?.from, { level: "levels" });
  assert.equal(typeof ann?.fetched?.levels?.ageMs, "number");
  assert.match(ann?.fetched?.levels?.at ?? "", /^\d{4}-/);
  assert.deepEqual(failed?.sources?.unavailable, [{ source: "levels", code: "source_refused" }]);
  for (const { id } of records) assert.deepEqual((await decider.replay(id)).differences, []);
  assert.equal((await decider.log?.verify())?.ok, true);
});
