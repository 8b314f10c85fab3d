import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle, parseSchema } from "@cordon/cedar";
import {
  compile,
  decodeEntity,
  decodeRecord,
  EntityStore,
  type Explanation,
  parseEntityUid,
} from "@cordon/engine";
import fc from "fast-check";
import { parsePolicySyntax } from "../../syntax/index.js";
import { comparableOf, implies } from "../rules/comparable.js";
import type { Examined } from "../rules/reach.js";
import { reasonThrough } from "./policy-reasoning.js";
import { TypeWorld } from "./type-world.js";

const SCHEMA = `entity Team in [Team];
entity User in [Team] = { level: Long, state: String, active: Bool };
entity Robot;
entity Document in [Team] = { owner: User, size: Long, price: Long, state: String, due: datetime, tags: Set<String> };
action "write";
action "read" appliesTo { principal: [User, Robot], resource: [Document], context: Circumstances };
action "edit" in ["write"] appliesTo { principal: [User], resource: [Document, Team], context: Circumstances };
type Circumstances = { now: datetime, note?: String, mfa: Bool };
`;

const parsed = parseSchema(SCHEMA, "schema.cedarschema");
assert.ok(parsed.ok);
const { schema } = parsed;
const world = new TypeWorld(schema);

const states = fc.constantFrom('"a"', '"b"', '"ab"');
const numbers = fc.constantFrom(
  "0",
  "1",
  "2",
  "3",
  "100",
  "-1",
  "4611686018427387904",
  "9223372036854775807",
);
const times = fc.constantFrom('datetime("2024-01-01")', 'datetime("2024-06-01T12:00:00Z")', "context.now");
const compared = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");

const { bool } = fc.letrec<{ bool: string; atom: string; long: string; time: string }>((tie) => ({
  bool: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    tie("atom"),
    fc.tuple(tie("bool"), tie("bool")).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie("bool"), tie("bool")).map(([a, b]) => `(${a} || ${b})`),
    tie("bool").map((a) => `!(${a})`),
    fc.tuple(tie("bool"), tie("bool"), tie("bool")).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
  atom: fc.oneof(
    fc.tuple(tie("long"), compared, tie("long")).map((parts) => parts.join(" ")),
    fc.tuple(tie("long"), compared, numbers).map((parts) => parts.join(" ")),
    fc.tuple(tie("time"), compared, tie("time")).map((parts) => parts.join(" ")),
    states.map((state) => `resource is Document && resource.state == ${state}`),
    states.map(
      (state) => `resource is Document && ["a", "b"].contains(resource.state) && resource.state != ${state}`,
    ),
    states.map((state) => `context has note && context.note == ${state}`),
    fc.constantFrom(
      "true",
      "false",
      "context.mfa",
      "context has note",
      "context has mfa",
      'context has note && context.note like "a*"',
      "principal is User",
      "principal is User && principal.active",
      "resource is Document && resource.owner == principal",
      'principal in Team::"t1"',
      'principal in [Team::"t1", Team::"t2"]',
      'principal == User::"u1"',
      'resource in Team::"t1"',
      'action == Action::"read"',
      'action in Action::"write"',
      'resource is Document in Team::"t1"',
      'resource is Document && resource.tags.contains("a")',
      'resource is Document && resource.tags.containsAll(["a", "b"])',
      "resource is Document && resource.tags.isEmpty()",
    ),
  ),
  long: fc.oneof(
    { depthSize: "small", maxDepth: 2 },
    numbers,
    fc.constantFrom(
      "(if resource is Document then resource.size else 1)",
      "(if resource is Document then resource.price else 2)",
      "(if principal is User then principal.level else 0)",
    ),
    fc.tuple(tie("long"), fc.constantFrom("+", "-", "*"), tie("long")).map((parts) => `(${parts.join(" ")})`),
    tie("long").map((a) => `(-(${a}))`),
    tie("time").map((a) => `${a}.toTime().toHours()`),
  ),
  time: fc.oneof(
    { depthSize: "small", maxDepth: 1 },
    times,
    tie("time").map((a) => `${a}.toDate()`),
    tie("time").map((a) => `${a}.offset(duration("36h"))`),
  ),
}));

const scope = fc.tuple(
  fc.constantFrom(
    "principal",
    "principal is User",
    'principal in Team::"t1"',
    'principal == User::"u1"',
    "principal is Robot",
  ),
  fc.constantFrom(
    "action",
    'action == Action::"read"',
    'action in Action::"write"',
    'action in [Action::"read", Action::"edit"]',
  ),
  fc.constantFrom("resource", "resource is Document", 'resource in Team::"t1"', "resource is Team"),
);
const clause = fc.tuple(fc.constantFrom("when", "unless"), bool).map(([kind, body]) => `${kind} { ${body} }`);
const policyText = fc.tuple(scope, fc.array(clause, { maxLength: 3 })).map(permitText);
function permitText([parts, clauses]: readonly [readonly string[], readonly string[]]): string {
  return `permit (${parts.join(", ")}) ${clauses.join(" ")};`;
}
/** The second is often the first without its last clause: unrelated policies seldom imply one another. */
const policyPair = fc.oneof(
  fc.tuple(policyText, policyText),
  fc
    .tuple(scope, fc.array(clause, { minLength: 1, maxLength: 3 }))
    .map(
      ([parts, clauses]) =>
        [permitText([parts, clauses]), permitText([parts, clauses.slice(0, -1)])] as const,
    ),
);

const request = fc.record({
  principal: fc.constantFrom('User::"u1"', 'User::"u2"', 'Robot::"r"'),
  action: fc.constantFrom("read", "edit"),
  resource: fc.constantFrom('Document::"d"', 'Document::"e"', 'Team::"t1"'),
  context: fc.record(
    {
      now: fc.constantFrom("2024-01-01", "2024-03-01T10:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01"),
      note: fc.constantFrom("a", "b", "ab"),
      mfa: fc.boolean(),
    },
    { requiredKeys: ["now", "mfa"] },
  ),
  level: fc.constantFrom(0n, 1n, 2n, 3n, 100n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
  size: fc.constantFrom(0n, 1n, 2n, 3n, 100n, 2n ** 62n, 2n ** 63n - 1n),
  state: fc.constantFrom("a", "b", "ab", "c"),
  tags: fc.constantFrom<string[][]>([], ["a"], ["a", "b"]),
});
type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

function entitiesFor({ level, size, state, tags }: Asked): EntityStore {
  const user = (id: string, parents: string[]) => ({
    uid: { type: "User", id },
    attrs: { level, state, active: level > 1n },
    parents: parents.map((team) => ({ type: "Team", id: team })),
  });
  const document = (id: string, owner: string, parents: string[]) => ({
    uid: { type: "Document", id },
    attrs: {
      owner: { type: "User", id: owner },
      ...{ size, price: level, state, due: "2024-02-02", tags },
    },
    parents: parents.map((team) => ({ type: "Team", id: team })),
  });
  const all = [
    user("u1", ["t1"]),
    user("u2", []),
    { uid: { type: "Robot", id: "r" }, attrs: {}, parents: [] },
    document("d", "u1", ["t2"]),
    document("e", "u2", []),
    { uid: { type: "Team", id: "t1" }, attrs: {}, parents: [] },
    { uid: { type: "Team", id: "t2" }, attrs: {}, parents: [{ type: "Team", id: "t1" }] },
  ];
  return EntityStore.from([
    ...all.map((json) => decodeEntity(json as never, schema)),
    decodeEntity(
      { uid: { type: "Action", id: "edit" }, attrs: {}, parents: [{ type: "Action", id: "write" }] },
      null,
    ),
  ]);
}

function ask(policies: ReturnType<typeof compile>, asked: Asked): Explanation {
  const action = schema.actions[`Action::"${asked.action}"`];
  assert.ok(action);
  const { principal, resource } = asked;
  const context = decodeRecord(asked.context as never, action.context.attributes);
  const uid = parseEntityUid(`Action::"${asked.action}"`);
  const question = {
    principal: parseEntityUid(principal),
    action: uid,
    resource: parseEntityUid(resource),
    context,
  };
  return policies.explain(question, entitiesFor(asked));
}

/** Whether the schema admits the request: of others nothing is claimed. */
function fits({ principal, action, resource }: Asked): boolean {
  const declared = schema.actions[`Action::"${action}"`];
  const takes = (types: string[] | undefined, uid: string) =>
    types?.includes(parseEntityUid(uid).type) === true;
  return takes(declared?.principalTypes, principal) && takes(declared?.resourceTypes, resource);
}

function examine(text: string): Examined {
  const syntax = parsePolicySyntax(text);
  assert.ok(syntax);
  return { text, syntax, world, reasoning: reasonThrough(syntax, world) };
}

const claims = { impossible: 0, alwaysTrue: 0, neverTrue: 0, errorFree: 0, canErr: 0, implied: 0 };

function checkPolicy(linted: Examined, explanation: Explanation, id: string): void {
  const { syntax, reasoning, text } = linted;
  const told = explanation.policies.find(({ policyId }) => policyId === id);
  assert.ok(told);
  const note = () =>
    `${text}\n${JSON.stringify(told, (_, v) => (typeof v === "bigint" ? `${v}` : v)).slice(0, 3000)}`;
  if (reasoning.satisfiable.length === 0) {
    claims.impossible += 1;
    assert.notEqual(told.outcome, "satisfied", note());
  }
  if (reasoning.errors.length === 0) {
    claims.errorFree += 1;
    assert.notEqual(told.outcome, "error", note());
  } else if (told.outcome === "error") claims.canErr += 1;
  if (!told.scope.every(({ holds }) => holds)) return;
  for (const [index, { kind, body }] of syntax.clauses.entries()) {
    const seen: boolean | string | undefined = told.clauses[index]?.outcome;
    const claimed = reasoning.outcomes.get(body);
    if (claimed?.value === true && !claimed.errs) {
      claims.alwaysTrue += 1;
      assert.equal(seen, true, note());
    }
    if (claimed?.value === false) {
      claims.neverTrue += 1;
      assert.notEqual(seen, true, note());
    }
    if (seen !== (kind === "when")) return;
  }
}

test("what reasoning claims of a policy holds for every request that the engine is asked", (t) => {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`CORDON_SEED=${seed}`);
  const numRuns = Number(process.env.CORDON_RUNS ?? 150);
  fc.assert(
    fc.property(
      policyPair,
      fc.array(request.filter(fits), { minLength: 12, maxLength: 12 }),
      ([one, two], requests) => {
        const first = examine(one);
        const second = examine(two);
        const isImplied = implies(comparableOf(first), comparableOf(second));
        const built = buildBundle({ policies: [{ path: "p.cedar", text: `${one}\n${two}` }], settings: {} });
        assert.ok(built.ok);
        const policies = compile(built.bundle);
        for (const asked of requests) {
          const explanation = ask(policies, asked);
          checkPolicy(first, explanation, "p#0");
          checkPolicy(second, explanation, "p#1");
          if (!isImplied) continue;
          claims.implied += 1;
          const outcome = (id: string) =>
            explanation.policies.find(({ policyId }) => policyId === id)?.outcome;
          if (outcome("p#0") === "satisfied") assert.equal(outcome("p#1"), "satisfied", `${one}\n${two}`);
        }
      },
    ),
    { numRuns, seed },
  );
  for (const [claim, count] of Object.entries(claims)) {
    assert.ok(count > 0, `\`${claim}\` was claimed ${count} times only: ${JSON.stringify(claims)}`);
  }
});
