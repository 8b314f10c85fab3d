import assert from "node:assert/strict";
import { test } from "node:test";
import { loadHelpdesk } from "../helpdesk/project.js";
import { helpdeskRequests } from "../helpdesk/requests.js";
import { contendersOf } from "./contenders.js";
import { crossCheck } from "./cross-check.js";

const REQUESTS = 300;

test("all contenders answer the workload alike, and it has both allows and denies", () => {
  const project = loadHelpdesk();
  const contenders = contendersOf(project, helpdeskRequests(project, REQUESTS));
  const { compared, allowed } = crossCheck(contenders, REQUESTS);
  assert.ok(compared > REQUESTS);
  assert.ok(allowed > REQUESTS / 10 && allowed < (REQUESTS * 9) / 10, `${allowed} of ${REQUESTS} allowed`);
});

test("a contender that answers otherwise is found", () => {
  const answering = (decision: string) => ({
    name: decision,
    includes: "",
    runsPerRound: 10,
    run: () => decision,
    answer: () => ({ decision, reason: [], erring: [] }),
  });
  assert.throws(
    () => crossCheck([answering("allow"), answering("deny")], 1),
    /request 0: allow answers .* deny/,
  );
});

test("the workload is the same for the same seed", () => {
  const project = loadHelpdesk();
  assert.deepEqual(helpdeskRequests(project, 50, 7), helpdeskRequests(project, 50, 7));
  assert.notDeepEqual(helpdeskRequests(project, 50, 7), helpdeskRequests(project, 50, 8));
});
