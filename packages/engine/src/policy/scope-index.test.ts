import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scopeHolds } from "../authorize.js";
import {
  type ActionConstraintJson,
  CedarRecord,
  compile,
  type Entities,
  EntityStore,
  EntityUid,
  type EntityUidJson,
  type PolicyJson,
  type ScopeConstraintJson,
} from "../index.js";
import { checkProperty } from "../testing-internal/property.js";
import { policyOf, requestOf, setOf, storeOf } from "../testing-internal/world.js";
import { buildPolicies } from "./build-policies.js";
import type { CompiledPolicy } from "./compiled.js";
import { ScopeIndex } from "./scope-index.js";

const TYPES = ["User", "Team"];
const IDS = ["a", "b", "c", "d"];
const ACTIONS = ["read", "write", "any"].map((id) => ({ type: "Action", id }));

const uid: fc.Arbitrary<EntityUidJson> = fc.record({
  type: fc.constantFrom(...TYPES),
  id: fc.constantFrom(...IDS),
});
const action = fc.constantFrom(...ACTIONS);

const scope: fc.Arbitrary<ScopeConstraintJson> = fc.oneof(
  fc.constant<ScopeConstraintJson>({ op: "All" }),
  uid.map((entity): ScopeConstraintJson => ({ op: "==", entity })),
  uid.map((entity): ScopeConstraintJson => ({ op: "in", entity })),
  fc.constantFrom(...TYPES).map((type): ScopeConstraintJson => ({ op: "is", entity_type: type })),
  fc
    .tuple(fc.constantFrom(...TYPES), uid)
    .map(([type, entity]): ScopeConstraintJson => ({ op: "is", entity_type: type, in: { entity } })),
);

const actionScope: fc.Arbitrary<ActionConstraintJson> = fc.oneof(
  fc.constant<ActionConstraintJson>({ op: "All" }),
  action.map((entity): ActionConstraintJson => ({ op: "==", entity })),
  action.map((entity): ActionConstraintJson => ({ op: "in", entity })),
  fc.array(action, { maxLength: 4 }).map((entities): ActionConstraintJson => ({ op: "in", entities })),
);

/** Often about anything, so that some buckets hold more policies than a scan goes through. */
const often = <T>(most: T, others: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(most), weight: 3 }, { arbitrary: others, weight: 2 });

const policy: fc.Arbitrary<PolicyJson> = fc
  .tuple(
    fc.constantFrom("permit" as const, "forbid" as const),
    often<ScopeConstraintJson>({ op: "All" }, scope),
    often<ActionConstraintJson>({ op: "All" }, actionScope),
    scope,
  )
  .map(([effect, principal, act, resource]) => policyOf(effect, { principal, action: act, resource }));

/** Edges only from earlier to later uids, so there is no cycle. */
const store = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 }).map((edges) => {
  const uids = TYPES.flatMap((type) => IDS.map((id) => EntityUid.of(type, id)));
  const entities = uids.map((own, index) => ({
    uid: own,
    parents: edges.flatMap(([from, to]) => (from === index && to > index ? (uids[to] ?? []) : [])),
  }));
  const actions = ACTIONS.map(({ type, id }) => ({
    uid: EntityUid.of(type, id),
    parents: id === "any" ? [] : [EntityUid.of(type, "any")],
  }));
  return EntityStore.from([...entities, ...actions]);
});

/** So many that candidates are looked up rather than gone through. */
const OTHERS = Array.from({ length: 150 }, (_, index) => {
  const entity = { type: TYPES[index % 2] ?? "", id: `nobody ${index}` };
  return [`other ${index}`, policyOf("permit", { principal: { op: "==", entity } })] as const;
});

test("with the index and without it, answers are the same", (t) => {
  let allowed = 0;
  checkProperty(
    t,
    fc.property(
      fc.array(policy, { maxLength: 30 }),
      store,
      uid,
      action,
      uid,
      (policies, entities, who, what, whom) => {
        const named = policies.map((json, index) => [`p${index}`, json] as const);
        const set = setOf(Object.fromEntries([...named, ...OTHERS]));
        const request = {
          ...requestOf('User::"x"', 'Action::"x"', 'User::"x"'),
          principal: EntityUid.of(who.type, who.id),
          action: EntityUid.of(what.type, what.id),
          resource: EntityUid.of(whom.type, whom.id),
        };
        const indexed = compile(set).isAuthorized(request, entities);
        assert.deepEqual(indexed, compile(set, { index: false }).isAuthorized(request, entities));
        if (indexed.decision === "allow") allowed += 1;
      },
    ),
  );
  assert.ok(allowed > 0, "some requests are allowed");
});

test("candidates are exactly those whose scope holds, whatever came and went", (t) => {
  let found = 0;
  checkProperty(
    t,
    fc.property(
      fc.array(fc.tuple(policy, fc.boolean()), { maxLength: 60 }),
      store,
      uid,
      action,
      uid,
      fc.boolean(),
      (given, entities, who, what, whom, foreign) => {
        const set = setOf(Object.fromEntries(given.map(([json], index) => [`p${index}`, json])));
        const { policies } = buildPolicies(set);
        const index = new ScopeIndex(policies);
        const left = policies.filter((_, at) => given[at]?.[1]);
        for (const each of policies) if (!left.includes(each)) index.delete(each);
        const seen = foreign ? foreignEntities(entities) : entities;
        const request = {
          principal: EntityUid.of(who.type, who.id),
          action: EntityUid.of(what.type, what.id),
          resource: EntityUid.of(whom.type, whom.id),
          context: CedarRecord.EMPTY,
        };
        const ids = (list: readonly CompiledPolicy[]) => list.map(({ id }) => id).sort();
        const expected = left.filter((each) => scopeHolds(each, { request, entities: seen }));
        assert.deepEqual(ids(index.candidates(request, seen)), ids(expected));
        assert.deepEqual(ids(index.candidates(request, seen)), ids(expected), "also when asked again");
        found += expected.length;
        for (const each of left) index.delete(each);
        assert.deepEqual(index.candidates(request, seen), []);
        for (const each of left) index.add(each);
        assert.deepEqual(ids(index.candidates(request, seen)), ids(expected), "after coming back");
      },
    ),
  );
  assert.ok(found > 0, "some policies are candidates");
});

/** Entities of somebody else's making: other objects each time, with ancestors in no particular collection. */
function foreignEntities(entities: Entities): Entities {
  return {
    get: (uid) => {
      const own = entities.get(uid);
      return own && { ...own, uid, ancestors: () => [...own.ancestors()], isIn: (other) => own.isIn(other) };
    },
  };
}

test("policies about something else are not looked at", () => {
  const policies = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `p${i}`,
      policyOf("permit", {
        principal: { op: "in", entity: { type: "Team", id: `${i}` } },
        action: { op: "in", entities: ACTIONS },
      }),
    ]),
  );
  const { policies: compiled } = buildPolicies(setOf(policies));
  const entities = storeOf({
    'User::"ann"': { parents: ['Team::"7"', 'Team::"8"'] },
    'Action::"read"': { parents: ['Action::"any"'] },
  });
  const found = new ScopeIndex(compiled).candidates(
    requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"'),
    entities,
  );
  assert.deepEqual(found.map(({ id }) => id).sort(), ["p7", "p8"]);
});
