import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, compileDecideOnly, EntityStore, type PolicyJson } from "./index.js";
import { dot, lit, policyOf, principal, requestOf, setOf, when } from "./testing-internal/world.js";

const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"');
const yes = policyOf("permit");
const no = policyOf("forbid");
const off = policyOf("permit", { conditions: when(lit(false)) });
const broken: PolicyJson = policyOf("forbid", { conditions: when(dot(principal, "x")) });
const error = { code: "entity_does_not_exist", message: 'entity `User::"ann"` does not exist', help: null };

test("deny unless permitted, forbid over permit, errors as if the policy were not there", () => {
  const cases: [Record<string, PolicyJson>, "allow" | "deny", string[], string[]][] = [
    [{}, "deny", [], []],
    [{ off }, "deny", [], []],
    [{ yes, off }, "allow", ["yes"], []],
    [{ b: yes, a: yes }, "allow", ["b", "a"], []],
    [{ yes, no }, "deny", ["no"], []],
    [{ no }, "deny", ["no"], []],
    [{ yes, broken }, "allow", ["yes"], ["broken"]],
    [{ broken, no, yes, second: no }, "deny", ["no", "second"], ["broken"]],
  ];
  for (const [policies, decision, reason, errors] of cases) {
    for (const index of [true, false]) {
      assert.deepEqual(compile(setOf(policies), { index }).isAuthorized(request, new EntityStore()), {
        decision,
        reason,
        errors: errors.map((policyId) => ({ policyId, error })),
      });
    }
  }
});

test("clauses are evaluated in order up to the first that fails", () => {
  const clauses = (...conditions: PolicyJson["conditions"]) =>
    compile(setOf({ p: policyOf("permit", { conditions }) }));
  const error = (authorizer: ReturnType<typeof clauses>) =>
    authorizer.isAuthorized(request, new EntityStore()).errors.length;
  const failing = { kind: "when", body: lit(false) } as const;
  const erring = { kind: "unless", body: dot(principal, "x") } as const;
  assert.equal(error(clauses(failing, erring)), 0);
  assert.equal(error(clauses(erring, failing)), 1);
  assert.equal(error(clauses({ kind: "unless", body: lit(1) })), 1);
});

test("a policy whose scope does not match is not evaluated", () => {
  const other = { ...broken, principal: { op: "==", entity: { type: "User", id: "bob" } } } as const;
  for (const index of [true, false]) {
    assert.deepEqual(
      compile(setOf({ other }), { index }).isAuthorized(request, new EntityStore()).errors,
      [],
    );
  }
});

test("an authorizer tells about its policies", () => {
  const source = {
    file: "a.cedar",
    text: "permit(principal, action, resource);",
    line: 1,
    column: 1,
    clauses: [],
  };
  const annotated = policyOf("permit", { annotations: { reason: "why not", id: null } });
  const bundle = {
    formatVersion: 1 as const,
    id: "f".repeat(64),
    policies: setOf({ a: annotated, b: no }),
    sources: { a: source },
    schema: null,
    settings: {},
  };
  const authorizer = compileDecideOnly(bundle);
  assert.equal(authorizer.bundleId, "f".repeat(64));
  assert.deepEqual(
    [...authorizer.policies()],
    [
      { id: "a", effect: "permit", annotations: { reason: "why not", id: "" }, source },
      { id: "b", effect: "forbid", annotations: {} },
    ],
  );
  assert.equal(authorizer.policy("toString"), undefined);
});
