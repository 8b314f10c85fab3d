import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import {
  type Authorizer,
  compile,
  conditionHolds,
  describeExpression,
  EntityStore,
  type PolicyExplanation,
  type Residual,
  type ResidualPolicy,
} from "../index.js";
import { Dice } from "../testing-internal/partial/dice.js";
import { Hidden } from "../testing-internal/partial/hidden.js";
import { otherTruth, type Pool, type Truth } from "../testing-internal/partial/truth.js";
import {
  NAMES,
  type PartialWorld,
  partialWorld,
  someValues,
  UIDS,
} from "../testing-internal/partial/worlds.js";
import { checkProperty } from "../testing-internal/property.js";
import { setOf } from "../testing-internal/world.js";

const OTHERS_PER_REQUEST = 6;
const MAX_ROUNDS = 30;

type Outcome = PolicyExplanation["outcome"];

test("what is left of a policy comes to what the policy comes to, whatever is unknown", (t) => {
  const seen = { residuals: 0, undecided: 0, decided: 0, satisfied: 0, not_satisfied: 0, error: 0 };
  checkCases(t, 1500, (authorizer, truth, hidden, pool, dice) => {
    const failClosed = dice.chance(0.5);
    const residual = authorizer.partial(hidden.requestOf(truth), hidden.entitiesOf(truth), { failClosed });
    seen[residual.decision === "undecided" ? "undecided" : "decided"] += 1;
    seen.residuals += residual.residuals.length;
    const others = Array.from({ length: OTHERS_PER_REQUEST }, () => otherTruth(truth, hidden, pool, dice));
    for (const other of [truth, ...others]) {
      const outcomes = outcomesOf(authorizer, other);
      for (const left of residual.residuals) {
        const outcome = outcomes.get(left.policyId);
        assertComesTo(left, other, outcome);
        if (outcome !== undefined) seen[outcome] += 1;
      }
      assertKnownPolicies(residual, outcomes);
      assertDecision(authorizer, residual, other, failClosed);
    }
  });
  t.diagnostic(JSON.stringify(seen));
});

test("the index leaves out only policies that can't apply", (t) => {
  checkCases(t, 500, (authorizer, truth, hidden, _pool, dice, unindexed) => {
    const options = { failClosed: dice.chance(0.5) };
    const [request, entities] = [hidden.requestOf(truth), hidden.entitiesOf(truth)];
    const left = [authorizer, unindexed].map((each) => outline(each.partial(request, entities, options)));
    assert.deepEqual(left[0], left[1]);
  });
});

function outline({ residuals, ...rest }: Residual): unknown {
  return { ...rest, condition: null, residuals: residuals.map(({ policyId }) => policyId) };
}

test("fetching what is asked for, round by round, comes to the decision", (t) => {
  let rounds = 0;
  let most = 0;
  checkCases(t, 1500, (authorizer, truth, hidden, _pool, dice) => {
    hidden.names.clear();
    const onlyCertain = dice.chance(0.5);
    const failClosed = dice.chance(0.5);
    for (let round = 1; ; round++) {
      const residual = authorizer.partial(hidden.requestOf(truth), hidden.entitiesOf(truth), { failClosed });
      if (residual.decision !== "undecided") {
        assert.deepEqual([residual.needs.length, residual.neededContext.size], [0, 0]);
        assertDecision(authorizer, residual, truth, failClosed);
        break;
      }
      const needs = residual.needs.filter(({ certain }) => certain || !onlyCertain);
      const members = [...residual.neededContext].filter(([, certain]) => certain || !onlyCertain);
      const names = members.map(([name]) => name);
      assert.ok(hidden.show(needs, names), "undecided, and asks for nothing that is hidden");
      rounds += 1;
      most = Math.max(most, round);
      assert.ok(round < MAX_ROUNDS, "doesn't come to an end");
    }
  });
  t.diagnostic(`${rounds} rounds, ${most} at most for one request`);
});

type Check = (
  authorizer: Authorizer,
  truth: Truth,
  hidden: Hidden,
  pool: Pool,
  dice: Dice,
  unindexed: Authorizer,
) => void;

function checkCases(t: TestContext, runs: number, check: Check): void {
  const property = fc.property(partialWorld, someValues, fc.nat(), (world, values, seed) => {
    const dice = new Dice(seed);
    const authorizer = compile(setOf(named(world)));
    const unindexed = compile(setOf(named(world)), { index: false });
    const store = EntityStore.from(world.data);
    const pool: Pool = { uids: UIDS, values };
    for (const request of world.requests) {
      const truth: Truth = { request, entities: store };
      check(authorizer, truth, new Hidden(truth, UIDS, NAMES, dice), pool, dice, unindexed);
    }
  });
  checkProperty(t, property, runs);
}

function named({ policies }: PartialWorld): Parameters<typeof setOf>[0] {
  return Object.fromEntries(policies.map((policy, index) => [`policy${index}`, policy]));
}

function outcomesOf(authorizer: Authorizer, { request, entities }: Truth): Map<string, Outcome> {
  const { policies } = authorizer.explain(request, entities);
  return new Map(policies.map(({ policyId, outcome }) => [policyId, outcome]));
}

function assertComesTo(left: ResidualPolicy, truth: Truth, expected: Outcome | undefined): void {
  const { condition: expr, policyId } = left;
  const holds = (whenErrs: boolean) => conditionHolds({ kind: "holds", expr, whenErrs, policyId }, truth);
  const certain = holds(false);
  const outcome: Outcome = certain !== holds(true) ? "error" : certain ? "satisfied" : "not_satisfied";
  const text = `${policyId}: ${describeExpression(expr)}`;
  assert.equal(outcome, expected, text);
  if (outcome === "satisfied") assert.ok(left.mayHold, `may hold after all: ${text}`);
  if (outcome === "error") assert.ok(left.mayErr, `may err after all: ${text}`);
}

/** Policies of which nothing is left came to the same whatever is unknown. */
function assertKnownPolicies({ answer, residuals }: Residual, outcomes: ReadonlyMap<string, Outcome>): void {
  const left = new Set(residuals.map(({ policyId }) => policyId));
  const erred = new Set(answer.errors.map(({ policyId }) => policyId));
  const satisfied = new Set(answer.reason);
  for (const [policyId, outcome] of outcomes) {
    if (left.has(policyId)) continue;
    assert.equal(outcome === "error", erred.has(policyId), policyId);
    if (satisfied.has(policyId)) assert.equal(outcome, "satisfied", policyId);
    if (answer.decision === "allow") assert.equal(outcome === "satisfied", satisfied.has(policyId), policyId);
  }
}

function assertDecision(authorizer: Authorizer, residual: Residual, truth: Truth, failClosed: boolean): void {
  const answer = authorizer.isAuthorized(truth.request, truth.entities);
  const forbidErred = answer.errors.some(({ policyId }) => authorizer.policy(policyId)?.effect === "forbid");
  const allowed = answer.decision === "allow" && !(failClosed && forbidErred);
  assert.equal(conditionHolds(residual.condition, truth), allowed, "the condition");
  if (residual.decision !== "undecided") assert.equal(residual.decision === "allow", allowed, "the decision");
}
