import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Authorizer, compile, EntityStore, type PolicyJson, type PolicySetJson } from "./index.js";
import { checkProperty } from "./testing-internal/property.js";
import { dot, lit, policyOf, principal, requestOf, setOf, storeOf, when } from "./testing-internal/world.js";

const none = new EntityStore();
const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"');
const yes = policyOf("permit");
const no = policyOf("forbid");
const template = policyOf("permit", { principal: { op: "in", slot: "?principal" } });
const link = (newId: string, id: string, templateId = "template") => ({
  templateId,
  newId,
  values: { "?principal": { type: "Team", id } },
});
const source = {
  file: "a.cedar",
  text: "permit(principal, action, resource);",
  line: 1,
  column: 1,
  clauses: [],
};
const answer = (authorizer: Authorizer) => authorizer.isAuthorized(request, none);

test("a changed authorizer answers for its own policies, and the one before for its own", () => {
  const first = compile(setOf({ yes }));
  const second = first.with({ add: { staticPolicies: { no } } });
  const third = second.with({
    remove: ["yes", "no"],
    add: { staticPolicies: { no: yes } },
    sources: { no: source },
  });
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(answer(third).reason, ["no"]);
    assert.deepEqual(answer(first), { decision: "allow", reason: ["yes"], errors: [] });
    assert.deepEqual(answer(second), { decision: "deny", reason: ["no"], errors: [] });
  }
  assert.deepEqual(
    [...second.policies()].map(({ id, effect }) => `${effect} ${id}`),
    ["permit yes", "forbid no"],
  );
  assert.equal(third.policy("yes"), undefined);
  assert.equal(third.policy("no")?.source, source);
  assert.equal(second.policy("no")?.source, undefined);
});

test("an authorizer that was changed stands for no bundle, and forgets where removed policies were written", () => {
  const bundle = {
    formatVersion: 1 as const,
    id: "f".repeat(64),
    policies: { staticPolicies: { yes }, templates: { template }, templateLinks: [] },
    sources: { yes: source, template: source },
    schema: null,
    settings: {},
  };
  const changed = compile(bundle).with({
    remove: ["yes"],
    add: { staticPolicies: { yes }, templateLinks: [link("linked", "staff")] },
  });
  assert.equal(changed.bundleId, null);
  assert.equal(changed.policy("yes")?.source, undefined);
  assert.deepEqual(changed.policy("linked"), {
    id: "linked",
    effect: "permit",
    annotations: {},
    templateId: "template",
    source,
  });
});

test("what can't be changed is refused, and nothing is changed", () => {
  const authorizer = compile({ staticPolicies: { yes }, templates: { template }, templateLinks: [] });
  const malformed = { ...yes, effect: "allow" } as unknown as PolicyJson;
  const cases: [Parameters<Authorizer["with"]>[0], string, string][] = [
    [{ remove: ["nobody"] }, "policy_invalid", "there is no policy with id `nobody` to remove"],
    [{ remove: ["template"] }, "policy_invalid", "there is no policy with id `template` to remove"],
    [{ add: { staticPolicies: { yes } } }, "policy_duplicate", "duplicate policy id `yes`"],
    [{ add: { staticPolicies: { template: yes } } }, "policy_duplicate", "duplicate policy id `template`"],
    [{ add: { templates: { yes: template } } }, "policy_duplicate", "duplicate policy id `yes`"],
    [{ remove: ["yes"], add: { staticPolicies: { malformed } } }, "policy_invalid", "unknown effect `allow`"],
    [
      { add: { templateLinks: [link("l", "a", "other")] } },
      "policy_invalid",
      "failed to find a template with id `other`",
    ],
  ];
  for (const [changes, code, message] of cases) {
    assert.throws(() => authorizer.with(changes), { code, message });
    assert.deepEqual(answer(authorizer).reason, ["yes"]);
  }
});

test("policies that come and go a thousand times leave nothing behind", () => {
  let authorizer = compile({ staticPolicies: { yes }, templates: { template }, templateLinks: [] });
  const first = authorizer;
  const ann = storeOf({ 'User::"ann"': { parents: ['Team::"t999"'] } });
  for (let round = 0; round < 1000; round++) {
    authorizer = authorizer.with({
      remove: round === 0 ? ["yes"] : ["link"],
      add: { templateLinks: [link("link", `t${round}`)] },
    });
    const { reason } = authorizer.isAuthorized(request, ann);
    assert.deepEqual(reason, round === 999 ? ["link"] : []);
  }
  assert.deepEqual(answer(first).reason, ["yes"]);
  assert.deepEqual(authorizer.isAuthorized(request, ann).reason, ["link"]);
});

const TEAMS = ["red", "blue", "green"];
const entities = storeOf({
  'User::"ann"': { parents: ['Team::"red"', 'Team::"blue"'], attrs: { level: 1 } },
  'User::"bob"': { parents: ['Team::"green"'], attrs: {} },
  'Team::"red"': { parents: ['Team::"green"'] },
});
const requests = ["ann", "bob", "eve"].flatMap((who) =>
  ["read", "write"].map((action) => requestOf(`User::"${who}"`, `Action::"${action}"`, 'Doc::"d"')),
);
const policy = fc
  .record({
    effect: fc.constantFrom("permit" as const, "forbid" as const),
    team: fc.constantFrom(...TEAMS),
    action: fc.constantFrom("read", "write", undefined),
    condition: fc.constantFrom("level", "missing", undefined),
  })
  .map(({ effect, team, action, condition }) =>
    policyOf(effect, {
      principal: { op: "in", entity: { type: "Team", id: team } },
      ...(action && { action: { op: "==", entity: { type: "Action", id: action } } }),
      ...(condition && { conditions: when({ "==": { left: dot(principal, condition), right: lit(1) } }) }),
    }),
  );
const ID = fc.constantFrom("a", "b", "c", "d", "e", "f");
const step = fc.oneof(
  fc.record({ kind: fc.constant("static" as const), id: ID, policy }),
  fc.record({ kind: fc.constant("link" as const), id: ID, team: fc.constantFrom(...TEAMS) }),
  fc.record({ kind: fc.constant("remove" as const), id: ID }),
);

test("any version of a set answers as if it were compiled afresh, whichever is asked when", (t) => {
  let allowed = 0;
  checkProperty(
    t,
    fc.property(
      fc.array(step, { maxLength: 12 }),
      fc.array(fc.nat(12), { maxLength: 12 }),
      fc.constantFrom("auto" as const, "closures" as const, "reference" as const),
      (steps, asked, path) => {
        let set: PolicySetJson = { staticPolicies: {}, templates: { template }, templateLinks: [] };
        const versions = [{ authorizer: compile(set, { path }), set }];
        let { authorizer } = versions[0] as { authorizer: Authorizer };
        for (const each of steps) {
          const isThere = authorizer.policy(each.id) !== undefined;
          if (each.kind === "remove" && !isThere) continue;
          const { [each.id]: _, ...staticPolicies } = set.staticPolicies;
          const templateLinks = set.templateLinks.filter(({ newId }) => newId !== each.id);
          const add: Partial<PolicySetJson> = {};
          if (each.kind === "static") add.staticPolicies = { [each.id]: each.policy };
          if (each.kind === "link") add.templateLinks = [link(each.id, each.team)];
          authorizer = authorizer.with({ remove: isThere ? [each.id] : [], add });
          set = {
            ...set,
            staticPolicies: { ...staticPolicies, ...add.staticPolicies },
            templateLinks: [...templateLinks, ...(add.templateLinks ?? [])],
          };
          versions.push({ authorizer, set });
        }
        for (const index of [...asked, 0]) {
          const version = versions[index % versions.length];
          if (version === undefined) continue;
          const fresh = compile(version.set);
          const answers = version.authorizer.isAuthorizedMany(requests, entities);
          for (const [at, each] of requests.entries()) {
            assert.deepEqual(sorted(answers[at]), sorted(fresh.isAuthorized(each, entities)));
            if (answers[at]?.decision === "allow") allowed += 1;
          }
          const ids = (of: Authorizer) => [...of.policies()].map(({ id }) => id).sort();
          assert.deepEqual(ids(version.authorizer), ids(fresh));
        }
      },
    ),
    300,
  );
  assert.ok(allowed > 0);
});

/** Policies that were added come last in the set, wherever a set written anew would have them. */
function sorted(given: ReturnType<Authorizer["isAuthorized"]> | undefined) {
  const errors = given?.errors.toSorted((a, b) => (a.policyId < b.policyId ? -1 : 1));
  return { decision: given?.decision, reason: given?.reason.toSorted(), errors };
}
