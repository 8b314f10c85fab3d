import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildBundle } from "@cordon/cedar";
import { type Bundle, EntityStore, EntityUid } from "@cordon/engine";
import { evaluate } from "./evaluate.js";
import { planBy, planKnown } from "./plan.js";
import { buildSnapshot } from "./snapshot.js";

const SCHEMA = `
entity Group;
entity User in [Group];
entity Agent in [Group] = { tier: Long };
entity Robot;
entity Doc = { secret: Bool };
action read, write appliesTo {
  principal: [User, Agent],
  resource: [Doc],
  context: { actor?: Agent, helper?: Robot },
};
`;

/** Any of them may be in the set: what holds is compared for every selection. */
const POLICIES = [
  'permit (principal == User::"ann", action, resource);',
  'permit (principal in Group::"readers", action == Action::"read", resource);',
  "permit (principal is Agent, action, resource) when { principal.tier > 1 };",
  'forbid (principal is Agent, action == Action::"write", resource);',
  "forbid (principal, action, resource) when { resource.secret };",
  // Errs wherever there is no such agent.
  "forbid (principal is Agent, action, resource) when { principal.tier > 9 };",
];

function bundleOf(policies: readonly string[], settings: Bundle["settings"]): Bundle {
  const built = buildBundle({
    policies: [{ path: "policies/all.cedar", text: policies.join("\n") }],
    schema: { path: "schema.cedarschema", text: SCHEMA },
    settings,
  });
  assert.ok(built.ok, JSON.stringify(built));
  return built.bundle;
}

const STORE = EntityStore.from([
  { uid: EntityUid.of("User", "ann"), parents: [EntityUid.of("Group", "readers")] },
  { uid: EntityUid.of("User", "bob"), parents: [] },
  { uid: EntityUid.of("Agent", "copilot"), attrs: new Map([["tier", 2]]), parents: [] },
  {
    uid: EntityUid.of("Agent", "reader"),
    attrs: new Map([["tier", 1]]),
    parents: [EntityUid.of("Group", "readers")],
  },
  { uid: EntityUid.of("Doc", "open"), attrs: new Map([["secret", false]]), parents: [] },
  { uid: EntityUid.of("Doc", "secret"), attrs: new Map([["secret", true]]), parents: [] },
]);

const CALL = { now: new Date(0), caller: "test", traceId: null, recording: true, explaining: true };
const QUIET = { ...CALL, recording: false, explaining: false };
const BOTH = { identity: { both: true, actor: "actor" } };

function decide(bundle: Bundle, request: object) {
  const { decision, record, explanation } = evaluate(buildSnapshot(bundle, STORE), request, CALL);
  assert.equal(explanation?.decision, record?.decision);
  return decision;
}

test("for every selection of policies, both together may do what each may alone", () => {
  let allowed = 0;
  for (let selection = 0; selection < 2 ** POLICIES.length; selection++) {
    const policies = POLICIES.filter((_, index) => (selection >> index) & 1);
    const [alone, both] = [{}, BOTH].map((settings) => buildSnapshot(bundleOf(policies, settings), STORE));
    assert.ok(alone && both);
    for (const principal of ['User::"ann"', 'User::"bob"', 'Agent::"copilot"']) {
      for (const actor of ["copilot", "reader", "nobody"]) {
        for (const action of ["read", "write"]) {
          for (const resource of ['Doc::"open"', 'Doc::"secret"']) {
            const context = { actor: { type: "Agent", id: actor } };
            const isAllowed = (who: string): boolean =>
              evaluate(alone, { principal: who, action, resource, context }, QUIET).decision.decision ===
              "allow";
            const joint = evaluate(both, { principal, action, resource, context }, QUIET);
            const name = `${policies.join(" ")} ${principal} ${actor} ${action} ${resource}`;
            const expected = isAllowed(principal) && isAllowed(`Agent::"${actor}"`);
            assert.equal(joint.decision.decision === "allow", expected, name);
            const { plan: planned } = planBy(
              planKnown,
              both,
              { principal, action, resourceType: "Doc", context },
              CALL,
            );
            if (planned.outcome === "never") assert.equal(expected, false, name);
            if (planned.outcome === "always") assert.equal(expected, true, name);
            const without = { principal, action, resource };
            assert.equal(
              evaluate(both, without, QUIET).decision.decision,
              evaluate(alone, without, QUIET).decision.decision,
              "without an actor nothing changes",
            );
            if (expected) allowed++;
          }
        }
      }
    }
  }
  assert.ok(allowed > 50, `${allowed} allowed`);
});

describe("what a joint decision says", () => {
  const bundle = bundleOf(
    [
      '@id("ann") permit (principal == User::"ann", action, resource);',
      '@id("agents") @obligation("mark") permit (principal is Agent, action == Action::"read", resource);',
      '@id("no-secrets") @reason("Agents see no secrets.") forbid (principal is Agent, action, resource) when { resource.secret };',
    ],
    BOTH,
  );
  const context = { actor: { type: "Agent", id: "copilot" } };
  const ask = (action: string, resource: string, more: object = {}) =>
    decide(bundle, { principal: 'User::"ann"', action, resource, context: { ...context, ...more } });

  test("an allow rests on the policies of both, with their obligations", () => {
    const { decision, policies, obligations } = ask("read", 'Doc::"open"');
    assert.equal(decision, "allow");
    assert.deepEqual(
      policies.map(({ id }) => id),
      ["ann", "agents"],
    );
    assert.deepEqual(obligations, [{ id: "mark", policyId: "agents" }]);
  });

  test("a deny on the actor's account says so", () => {
    const { decision, reason } = ask("write", 'Doc::"open"');
    assert.equal(decision, "deny");
    assert.equal(reason.code, "no_permit");
    const whose = 'denied to `Agent::"copilot"`, who acts for the principal';
    assert.equal(reason.message, `no policy permits this; ${whose}`);
    const secret = ask("read", 'Doc::"secret"').reason;
    assert.equal(secret.code, "forbidden");
    assert.equal(secret.message, `forbidden by \`no-secrets\`: Agents see no secrets.; ${whose}`);
  });

  test("what nobody can be is nobody's right", () => {
    const robots = bundleOf(["permit (principal, action, resource);"], {
      identity: { both: true, actor: "helper" },
    });
    const request = { principal: 'User::"ann"', action: "read", resource: 'Doc::"open"' };
    assert.equal(
      decide(robots, { ...request, context: { helper: { type: "Robot", id: "r2" } } }).decision,
      "deny",
    );
    assert.equal(decide(robots, request).decision, "allow");
  });

  test("where policies look themselves, they do", () => {
    const own = bundleOf(
      ["permit (principal, action, resource) unless { context has actor && context.actor.tier < 2 };"],
      { identity: { both: false, actor: "actor" } },
    );
    const request = { principal: 'User::"ann"', action: "read", resource: 'Doc::"open"' };
    for (const [id, decision] of [
      ["copilot", "allow"],
      ["reader", "deny"],
    ] as const) {
      assert.equal(decide(own, { ...request, context: { actor: { type: "Agent", id } } }).decision, decision);
    }
  });
});
