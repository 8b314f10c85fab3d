import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthorized, isAuthorizedJson } from "./authorize.js";
import type { AuthorizationCall } from "./call.js";

const call: AuthorizationCall = {
  principal: { type: "User", id: "ann" },
  action: { type: "Action", id: "view" },
  resource: { type: "Doc", id: "1" },
  context: { big: 9007199254740993n },
  entities: [],
  policies: {
    staticPolicies: {
      b: "permit(principal, action, resource) when { context.big == 9007199254740993 };",
      a: "permit(principal, action, resource) when { principal.missing };",
      c: "forbid(principal, action, resource) when { context.big == 9007199254740992 };",
    },
  },
};

const ANSWER = {
  type: "success",
  response: {
    decision: "allow",
    diagnostics: {
      reason: ["b"],
      errors: [
        {
          policyId: "a",
          error: {
            message: 'entity `User::"ann"` does not exist',
            help: null,
            code: null,
            url: null,
            severity: null,
            sourceLocations: [],
            related: [],
          },
        },
      ],
    },
  },
  warnings: [],
};

test("an answer has the shape of cedar-wasm's", () => {
  assert.deepEqual(isAuthorized(call), ANSWER);
});

test("JSON text goes in and out without loss", () => {
  const text = JSON.stringify(call, (_, value) => (typeof value === "bigint" ? "BIG" : value));
  assert.deepEqual(JSON.parse(isAuthorizedJson(text.replace('"BIG"', "9007199254740993"))), ANSWER);
  assert.throws(() => isAuthorizedJson('{"principal": 1, "principal": 2}'));
});

test("a refused call is answered in Cedar's words", () => {
  const answer = isAuthorized({ ...call, context: { a: null } });
  assert.ok(answer.type === "failure");
  assert.match(answer.errors[0]?.message ?? "", /^while parsing context, found a `null`/);
  assert.throws(
    () => isAuthorized({ ...call, policies: undefined } as unknown as AuthorizationCall),
    /missing field `policies`/,
  );
});

test("what the caller changes in place between calls is seen", () => {
  const entities = [{ uid: call.principal, attrs: { missing: true }, parents: [] }];
  const decide = () => isAuthorized({ ...call, entities });
  const reason = () => {
    const answer = decide();
    return answer.type === "success" ? [...answer.response.diagnostics.reason].sort() : answer.errors;
  };
  assert.deepEqual(reason(), ["a", "b"]);
  const [entity] = entities;
  assert.ok(entity);
  entity.attrs.missing = false;
  assert.deepEqual(reason(), ["b"]);
});

test("more schemas than are kept are each applied", () => {
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 40; index++) {
      const schema = `entity User, Doc; action view appliesTo { principal: User, resource: Doc, context: { a${index}: Long } };`;
      const context = { [`a${index}`]: 1 };
      const policies = { staticPolicies: "permit(principal, action, resource);" };
      assert.equal(isAuthorized({ ...call, schema, context, policies }).type, "success");
      assert.equal(isAuthorized({ ...call, schema, context: { other: 1 }, policies }).type, "failure");
    }
  }
});
