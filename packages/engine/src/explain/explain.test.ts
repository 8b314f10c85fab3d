import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Bundle, compile, type ExprJson, type PolicyJson } from "../index.js";
import { checkProperty } from "../testing-internal/property.js";
import {
  call,
  context,
  dot,
  ext,
  lit,
  not,
  op,
  policyOf,
  principal,
  ref,
  requestOf,
  resource,
  setOf,
  storeOf,
  when,
} from "../testing-internal/world.js";
import { renderExplanation } from "./render.js";

const READ = { op: "==", entity: { type: "Action", id: "read" } } as const;
const policies: Record<string, PolicyJson> = {
  delete: policyOf("permit", { action: { op: "==", entity: { type: "Action", id: "delete" } } }),
  region: policyOf("permit", {
    annotations: { reason: "Agents read tickets of their own region" },
    principal: { op: "is", entity_type: "User", in: { entity: { type: "Team", id: "support" } } },
    action: READ,
    conditions: when(
      op("&&", op("==", dot(resource, "region"), dot(principal, "region")), not(dot(resource, "archived"))),
    ),
  }),
  owner: policyOf("permit", {
    action: READ,
    principal: { op: "==", entity: { type: "User", id: "bob" } },
    conditions: when(op("==", dot(resource, "owner"), principal)),
  }),
  night: policyOf("forbid", {
    conditions: [
      { kind: "unless", body: op(">=", call("toTime", dot(context, "now")), ext("duration", "8h")) },
    ],
  }),
  secret: policyOf("forbid", {
    conditions: when(op(">", dot(resource, "secrecy"), dot(principal, "clearance"))),
  }),
};

const bundle: Bundle = {
  formatVersion: 1,
  id: "0".repeat(64),
  policies: setOf(policies),
  sources: {
    region: {
      file: "policies/tickets.cedar",
      text: "permit(…)",
      line: 3,
      column: 1,
      clauses: [{ kind: "when", start: 0, end: 1, line: 7, column: 3 }],
    },
  },
  schema: null,
  settings: {},
};

const authorizer = compile(bundle);

function explain(ticket: Record<string, never> | object = {}, now = "2024-01-01T09:00:00Z") {
  const store = storeOf({
    'User::"ann"': { attrs: { region: "us", clearance: 2 }, parents: ['Team::"support"'] },
    'Ticket::"t"': {
      attrs: {
        region: "eu",
        archived: false,
        secrecy: 1,
        owner: { __entity: { type: "User", id: "bob" } },
        ...ticket,
      },
    },
  });
  const request = requestOf('User::"ann"', 'Action::"read"', 'Ticket::"t"', {
    now: { __extn: { fn: "datetime", arg: now } },
  });
  return authorizer.explain(request, store);
}

test("a near miss shows the part that failed, and the values in it", () => {
  assert.equal(
    renderExplanation(explain()),
    `DENY  no policy permits the request

region  does not permit: 1 part fails  policies/tickets.cedar:3:1
  “Agents read tickets of their own region”
  ✓ principal is User in Team::"support"
  ✓ action == Action::"read"
  ✗ when  policies/tickets.cedar:7:3
    ✗ resource.region == principal.region
        resource.region is "eu"
        principal.region is "us"
    · !resource.archived

owner  does not permit: 2 parts fail
  ✗ principal == User::"bob"
  ✓ action == Action::"read"
  ✗ when resource.owner == principal
      resource.owner is User::"bob"
      principal is User::"ann"

3 other policies do not apply
`,
  );
});

test("an allow shows the permit, and which policies failed", () => {
  assert.equal(
    renderExplanation(explain({ region: "us", secrecy: "high" })),
    `ALLOW  1 policy permits the request, and nothing forbids it; 1 policy failed

region  permits  policies/tickets.cedar:3:1
  “Agents read tickets of their own region”
  ✓ principal is User in Team::"support"
  ✓ action == Action::"read"
  ✓ when  policies/tickets.cedar:7:3
    ✓ resource.region == principal.region
        resource.region is "us"
        principal.region is "us"
    ✓ !resource.archived

secret  forbid failed: type error: expected long, got string
  ✗ when resource.secrecy > principal.clearance
      resource.secrecy is "high"
      principal.clearance is 2
      type error: expected long, got string

3 other policies do not apply
`,
  );
});

test("a forbid shows what set it off", () => {
  const text = renderExplanation(explain({ region: "us" }, "2024-01-01T03:00:00Z"));
  assert.equal(
    text,
    `DENY  1 policy forbids the request

night  forbids
  ✓ unless context.now.toTime() >= duration("8h")
      context.now.toTime() is duration("3h")

4 other policies do not apply
`,
  );
});

test("under `unless` it is written out what the parts came to", () => {
  const guarded = policyOf("forbid", {
    conditions: [
      { kind: "unless", body: op("&&", { has: { left: context, attr: "mfa" } }, dot(context, "mfa")) },
    ],
  });
  const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"', { mfa: false });
  assert.equal(
    renderExplanation(compile(setOf({ guarded })).explain(request, storeOf({}))),
    `DENY  1 policy forbids the request

guarded  forbids
  ✓ unless
    · context has mfa: true
    ✓ context.mfa: false
`,
  );
});

test("colour only where asked for; every policy where asked for", () => {
  const explanation = explain();
  const ansi = "\u001b[";
  assert.ok(!renderExplanation(explanation).includes(ansi));
  assert.ok(renderExplanation(explanation, { color: true }).startsWith(`${ansi}31mDENY${ansi}0m`));
  const all = renderExplanation(explanation, { all: true });
  for (const id of Object.keys(policies)) assert.ok(all.includes(`\n${id}  `), id);
  assert.ok(!all.includes("other polic"));
});

test("the JSON form holds scope, clauses and sub-expressions", () => {
  const region = explain().policies.find(({ policyId }) => policyId === "region");
  assert.deepEqual(region?.position, { file: "policies/tickets.cedar", line: 3, column: 1 });
  assert.deepEqual(region?.scope, [
    { part: "principal", text: 'principal is User in Team::"support"', holds: true },
    { part: "action", text: 'action == Action::"read"', holds: true },
    { part: "resource", text: "resource", holds: true },
  ]);
  const [clause] = region?.clauses ?? [];
  assert.equal(clause?.outcome, false);
  assert.deepEqual(clause?.position, { file: "policies/tickets.cedar", line: 7, column: 3 });
  const [comparison, archived] = clause?.trace.children ?? [];
  assert.equal(comparison?.value, false);
  assert.deepEqual(
    comparison?.children.map(({ text, value }) => [text, value]),
    [
      ["resource.region", "eu"],
      ["principal.region", "us"],
    ],
  );
  assert.deepEqual(archived, { text: "!resource.archived", operator: "!", evaluated: false, children: [] });
});

test("a policy about another action is not evaluated", () => {
  const last = explain().policies.at(-1);
  assert.equal(last?.policyId, "delete");
  assert.deepEqual(
    last?.scope.map(({ holds }) => holds),
    [true, false, true],
  );
});

test("a clause that Cedar never reaches does not count as an error", () => {
  const guarded = policyOf("permit", {
    conditions: [
      ...when({ has: { left: context, attr: "x" } }),
      ...when(op("==", dot(context, "x"), lit(1))),
    ],
  });
  const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"');
  const [policy] = compile(setOf({ guarded })).explain(request, storeOf({})).policies;
  assert.equal(policy?.outcome, "not_satisfied");
  assert.deepEqual(
    policy?.clauses.map(({ outcome }) => outcome),
    [false, "not_evaluated"],
  );
});

const leaf: fc.Arbitrary<ExprJson> = fc.constantFrom<ExprJson>(
  lit(true),
  lit(false),
  lit(1),
  dot(context, "open"),
  dot(context, "missing"),
  dot(resource, "open"),
  op("in", principal, ref('Team::"support"')),
);
const expr: fc.Arbitrary<ExprJson> = fc.letrec<{ expr: ExprJson }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc
      .tuple(fc.constantFrom("&&", "||", "==", "<"), tie("expr"), tie("expr"))
      .map(([operator, a, b]) => op(operator, a, b)),
    tie("expr").map(not),
  ),
})).expr;
const condition = fc.record({ kind: fc.constantFrom("when" as const, "unless" as const), body: expr });
const policy = fc
  .tuple(fc.constantFrom("permit" as const, "forbid" as const), fc.array(condition, { maxLength: 3 }))
  .map(([effect, conditions]) => policyOf(effect, { conditions }));

test("an explanation never says anything but the answer", (t) => {
  const store = storeOf({ 'User::"ann"': { parents: ['Team::"support"'] } });
  const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"', { open: true });
  checkProperty(
    t,
    fc.property(fc.array(policy, { maxLength: 6 }), (list) => {
      const compiled = compile(setOf(Object.fromEntries(list.map((json, index) => [`p${index}`, json]))));
      const answer = compiled.isAuthorized(request, store);
      const explanation = compiled.explain(request, store);
      const idsWhere = (test: (p: (typeof explanation.policies)[number]) => boolean) =>
        explanation.policies
          .filter(test)
          .map(({ policyId }) => policyId)
          .sort();
      assert.equal(explanation.decision, answer.decision);
      assert.deepEqual(
        idsWhere(({ determining }) => determining),
        answer.reason.sort(),
      );
      assert.deepEqual(
        idsWhere(({ outcome }) => outcome === "error"),
        answer.errors.map((e) => e.policyId).sort(),
      );
      for (const { policyId, error } of answer.errors) {
        assert.deepEqual(explanation.policies.find((p) => p.policyId === policyId)?.error, error);
      }
      assert.ok(renderExplanation(explanation, { all: true }).length > 0);
    }),
  );
});
