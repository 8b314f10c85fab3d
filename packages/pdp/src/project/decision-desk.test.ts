import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionRequest, EvaluationSemantic } from "@cordon/engine";
import type { DecisionLog, DecisionRecordInput } from "../log/index.js";
import { OFFICE, tempProject } from "../testing-internal/temp-project.js";
import { openProject } from "./open-project.js";

const permitted: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
const denied: DecisionRequest = { ...permitted, principal: 'User::"kid"' };
const malformed = {} as DecisionRequest;

/** A log that takes the records with these ordinals, from 0, and no others. */
function logThatTakes(taken: readonly number[], appended: DecisionRecordInput[] = []): DecisionLog {
  const append = async (record: DecisionRecordInput) => {
    if (!taken.includes(appended.push(record) - 1)) throw new Error("disk full");
  };
  return { append, flush: async () => {} } as unknown as DecisionLog;
}

test("a permit that could not be logged is a deny of its item, and ends no batch that waits for a permit", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const all = [denied, permitted, malformed, permitted, denied];
  const rows: [EvaluationSemantic, number[], string[]][] = [
    ["permit_on_first_permit", [0, 1], ["deny", "allow"]],
    ["permit_on_first_permit", [0, 2], ["deny", "unlogged", "failed", "allow"]],
    ["permit_on_first_permit", [0], ["deny", "unlogged", "failed", "unlogged", "unlogged"]],
    ["permit_on_first_permit", [], ["unlogged", "unlogged", "failed", "unlogged", "unlogged"]],
    ["deny_on_first_deny", [0, 1], ["deny"]],
    ["deny_on_first_deny", [], ["unlogged"]],
    ["execute_all", [0, 3], ["deny", "unlogged", "failed", "unlogged", "deny"]],
  ];
  for (const [semantic, taken, expected] of rows) {
    const decider = await openProject(directory, { log: logThatTakes(taken), watch: false });
    const answers = await decider.decideMany(all, { semantic });
    const words = answers.map((answer) => {
      if ("error" in answer) return "failed";
      return answer.reason.code === "log_unavailable" ? "unlogged" : answer.decision;
    });
    assert.deepEqual(words, expected, `${semantic} ${taken}`);
    await decider.close();
  }
});

test("a record says in microseconds how long its decision took", async (t) => {
  const appended: DecisionRecordInput[] = [];
  const directory = await tempProject(t, OFFICE);
  const decider = await openProject(directory, { log: logThatTakes([0], appended), watch: false });
  t.after(() => decider.close());
  const slow = {
    ...permitted,
    get context() {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return {};
    },
  };
  const started = performance.now();
  await decider.decide(slow);
  const elapsedUs = (performance.now() - started) * 1000;
  const durationUs = appended[0]?.durationUs ?? 0;
  assert.ok(durationUs > 4_000 && durationUs < elapsedUs, `${durationUs} of ${elapsedUs} µs`);
});
