import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "./faults.js";
import { Histories } from "./histories.js";
import { Judge, RECOVERY_MS } from "./judge.js";
import type { Answered } from "./oracle.js";
import { describeReport } from "./report.js";
import { runFaults } from "./run.js";

const SHORT = [
  "stopped and started",
  "frozen",
  "cut off, its connections lost in silence",
  "flooded with changes",
  "no longer listened to",
];

test("while its database fails nothing is allowed that the data doesn't, and soon after all is well", {
  timeout: 120_000,
}, async (t) => {
  const seed = Number(process.env.CORDON_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`seed ${seed}`);
  const faults = FAULTS.filter(({ name }) => SHORT.includes(name));
  assert.equal(faults.length, SHORT.length);
  const report = await runFaults({
    faults,
    faultMs: 1_500,
    calmMs: RECOVERY_MS + 500,
    perSecond: 500,
    seed,
    tell: (line) => t.diagnostic(line),
  });
  t.diagnostic(describeReport(report));
  assert.deepEqual(report.judged.wrong, []);
  assert.deepEqual(report.complaints, [], "a server that is well says nothing but its log");
  assert.equal(report.exitCode, 0);
  const { allow, deny, unavailable } = report.judged.counts;
  assert.ok(allow > 500 && deny > 500, "it was asked, and answered");
  assert.ok(unavailable > 0, "the faults were felt");
  assert.ok(report.changes > 100, "the data changed meanwhile");
  assert.ok(!(report.memory.most > 500), `${report.memory.most} MB`);
});

test("an allow of what was revoked before it was asked is wrong, and so is a failure without a fault", () => {
  const histories = new Histories();
  const judge = new Judge(histories, () => false);
  // User 2 is an editor of team 2, which isn't frozen; document 8 is not theirs and not locked.
  const asked = (sentAt: number, allowed: boolean, code = allowed ? "permitted" : "no_permit"): Answered => ({
    question: { user: 2, action: "write", doc: 8 },
    sentAt,
    at: sentAt + 10,
    allowed,
    code,
    message: "it failed",
    stale: [],
  });
  const start = performance.now() - 10_000;
  judge.answered(asked(start, true));
  judge.answered(asked(start, false));
  histories.begin("editor", 2, false, start + 100)();
  // While the change is under way either is right.
  judge.answered(asked(start + 5_000, true));
  judge.answered(asked(start + 5_000, false));
  judge.answered(asked(start + 11_000, true));
  judge.answered(asked(start + 11_000, false));
  judge.answered(asked(start + 11_000, false, "source_unavailable"));
  assert.deepEqual(
    judge.judged.wrong.map((line) => line.replace(/ of .*|, .*/, "")),
    ["deny (no_permit)", "allow (permitted)", "it failed"],
  );
});
