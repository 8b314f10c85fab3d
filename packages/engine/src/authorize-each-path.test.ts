import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, type Entities, EntityStore, type Path, type PolicyJson } from "./index.js";
import {
  dot,
  lit,
  op,
  policyOf,
  principal,
  ref,
  requestOf,
  setOf,
  storeOf,
  uidJson,
  when,
} from "./testing-internal/world.js";

const PATHS: readonly Path[] = ["reference", "closures", "generated"];
const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"');
const ann = uidJson('User::"ann"');
const team = uidJson('Team::"all"');
const members = storeOf({
  'User::"ann"': { parents: ['Team::"support"'] },
  'Team::"support"': { parents: ['Team::"all"'] },
});
const bob = uidJson('User::"bob"');

/** Each with whether its scope holds for the request. */
const SCOPES: readonly (readonly [Partial<PolicyJson>, boolean])[] = [
  [{}, true],
  [{ principal: { op: "==", entity: ann } }, true],
  [{ principal: { op: "==", entity: bob } }, false],
  [{ principal: { op: "is", entity_type: "User" } }, true],
  [{ principal: { op: "is", entity_type: "Doc" } }, false],
  [{ principal: { op: "is", entity_type: "User", in: { entity: bob } } }, false],
  [{ principal: { op: "is", entity_type: "User", in: { entity: team } } }, true],
  [{ principal: { op: "in", entity: team } }, true],
  [{ action: { op: "==", entity: uidJson('Action::"write"') } }, false],
  [{ action: { op: "in", entities: [uidJson('Action::"write"'), uidJson('Action::"read"')] } }, true],
  [{ action: { op: "in", entities: [] } }, false],
  [{ resource: { op: "==", entity: uidJson('Doc::"d"') } }, true],
  [{ resource: { op: "in", entity: uidJson('Doc::"e"') } }, false],
];

for (const path of PATHS) {
  for (const index of [true, false]) {
    test(`scopes hold or don't, by ${path}, ${index ? "with" : "without"} the index`, () => {
      for (const [scope, holds] of SCOPES) {
        const authorizer = compile(setOf({ p: policyOf("permit", scope) }), { path, index });
        const { decision } = authorizer.isAuthorized(request, members);
        assert.equal(decision, holds ? "allow" : "deny", JSON.stringify(scope));
      }
    });
  }

  test(`reasons and errors come in the order of the set, by ${path}`, () => {
    const broken = policyOf("permit", { conditions: when(dot(principal, "x")) });
    const named = (parts: Partial<PolicyJson> = {}) => policyOf("permit", parts);
    const inScope = { principal: { op: "==", entity: ann } } as const;
    // An index finds the policies that name somebody apart from those that don't.
    const policies = {
      ...{ b: named(), a: named(inScope), d: broken, c: { ...broken, ...inScope }, e: named(), f: broken },
    };
    const answer = compile(setOf(policies), { path }).isAuthorized(request, new EntityStore());
    assert.deepEqual(answer.reason, ["b", "a", "e"]);
    assert.deepEqual(
      answer.errors.map(({ policyId }) => policyId),
      ["d", "c", "f"],
    );
    const { code, message, help } = answer.errors[0]?.error ?? {};
    assert.deepEqual(Object.keys(answer.errors[0]?.error ?? {}).sort(), ["code", "help", "message"]);
    assert.deepEqual(
      { code, message, help },
      {
        code: "entity_does_not_exist",
        message: 'entity `User::"ann"` does not exist',
        help: null,
      },
    );
  });

  test(`what is no policy's error is thrown on, by ${path}`, () => {
    const conditions = when(op("==", dot(ref('User::"bob"'), "x"), lit(1)));
    const authorizer = compile(setOf({ p: policyOf("permit", { conditions }) }), { path });
    const failing: Entities = {
      get(uid) {
        if (uid.id === "bob") throw new TypeError("the store is gone");
        return undefined;
      },
    };
    assert.throws(() => authorizer.isAuthorized(request, failing), /the store is gone/);
  });
}
