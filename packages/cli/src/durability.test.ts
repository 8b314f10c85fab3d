import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "@cordon/client";
import { openStore } from "@cordon/pdp";
import { serve } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const kills = 10;
const callers = 8;
/** Answers that come before each kill, so that every kill finds the server busy. */
const warmUp = 40;

const folder = projectWith(shop);

/**
 * The promise of the durable log: an answer leaves only after its record is on disk. The server is killed
 * without warning while it is busiest; whatever a client got an answer for must be there afterwards.
 */
test(`no answered decision is lost to ${kills} kills under load`, { timeout: 120_000 }, async (t) => {
  const answered: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const server = await serve(["--project", folder, "--log", "durable", "--log-level", "error"]);
    const before = answered.length;
    const load = Array.from({ length: callers }, (_, caller) => askUntilItDies(server.url, caller, answered));
    while (answered.length < before + warmUp) await pause(5);
    await pause(Math.random() * 150);
    server.child.kill("SIGKILL");
    await Promise.all(load);
    assert.equal(await server.stop("SIGKILL"), null);
  }
  const records = await assertAllLogged(answered);
  t.diagnostic(`${answered.length} decisions answered, ${records} in the log`);
});

test("a graceful end under load flushes the buffered log", { timeout: 60_000 }, async () => {
  const answered: string[] = [];
  const server = await serve(["--project", folder, "--log", "buffered", "--log-level", "error"]);
  const load = Array.from({ length: callers }, (_, caller) => askUntilItDies(server.url, caller, answered));
  while (answered.length < 10 * warmUp) await pause(5);
  assert.equal(await server.stop("SIGTERM"), 0);
  await Promise.all(load);
  await assertAllLogged(answered);
});

/** Every decision of these ids is in the log, whose chain is whole; returns how many records it has. */
async function assertAllLogged(answered: readonly string[]): Promise<number> {
  const store = await openStore(join(folder, ".cordon", "cordon.db"));
  const log = await store.decisions({ thread: false });
  const missing: string[] = [];
  for (const id of answered) if ((await log.get(id)) === undefined) missing.push(id);
  assert.deepEqual(missing, []);
  const result = await log.verify();
  assert.deepEqual(result.problems, []);
  assert.equal(result.ok, true);
  assert.ok(result.records >= answered.length);
  await store.close();
  return result.records;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks as fast as answers come, single and in batches, and notes the id of each answer that arrived. */
async function askUntilItDies(url: string, caller: number, answered: string[]): Promise<void> {
  const decider = connect({ url, timeoutMs: 5_000 });
  const request = { principal: 'User::"ann"', action: "document:read", resource: 'Document::"plan"' };
  try {
    for (let turn = 0; ; turn++) {
      if ((turn + caller) % 4 !== 0) {
        answered.push((await decider.decide(request)).id);
        continue;
      }
      const decisions = await decider.decideMany([request, request, request]);
      for (const decision of decisions) if ("id" in decision) answered.push(decision.id);
    }
  } catch {
    // The server is gone.
  }
}
