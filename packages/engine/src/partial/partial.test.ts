import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compile,
  describeExpression,
  type Entities,
  EntityStore,
  EntityUid,
  type ExprJson,
  errorOf,
  type PartialEntities,
  type PartialOptions,
  type PartialRequest,
  type PolicyJson,
  type Residual,
  UNKNOWN,
  type Value,
} from "../index.js";
import {
  call,
  context,
  dot,
  ext,
  ifElse,
  lit,
  not,
  op,
  policyOf,
  principal,
  ref,
  resource,
  setOf,
  storeOf,
  uidJson,
  when,
} from "../testing-internal/world.js";

const ANN = EntityUid.of("User", "ann");
const store = storeOf({
  'User::"ann"': { attrs: { level: 3, name: "ann", open: true }, parents: ['Team::"a"'] },
  'Folder::"f"': {},
});

/** What is asked of a document of which nothing is known. */
function asked(given: Partial<PartialRequest> = {}): PartialRequest {
  return {
    principal: ANN,
    action: EntityUid.of("Action", "read"),
    resource: { unknown: true, type: "Doc" },
    context: { known: new Map<string, Value>([["n", 1]]), unknown: new Set(["later"]) },
    ...given,
  };
}

function partial(
  policies: Record<string, PolicyJson>,
  request = asked(),
  entities: PartialEntities = store,
  options?: PartialOptions,
): Residual {
  return compile(setOf(policies)).partial(request, entities, options);
}

/** What becomes of a permit with one condition: its residual as Cedar source, or its outcome. */
function rest(body: ExprJson, request = asked(), entities: PartialEntities = store): string {
  const { residuals, answer } = partial(
    { p: policyOf("permit", { conditions: when(body) }) },
    request,
    entities,
  );
  const [residual] = residuals;
  if (residual !== undefined) return describeExpression(residual.condition);
  const [erred] = answer.errors;
  return erred === undefined ? String(answer.decision === "allow") : `error: ${erred.error.message}`;
}

const x = dot(resource, "x");
const y = dot(resource, "y");
const errs = dot(principal, "nope");
const NOPE = '`User::"ann"` does not have the attribute `nope`';

const CASES: readonly (readonly [ExprJson, string])[] = [
  // What is known is folded into literals.
  [op("==", x, principal), 'resource.x == User::"ann"'],
  [op("<", x, op("+", dot(principal, "level"), lit(1))), "resource.x < 4"],
  [op("&&", dot(principal, "open"), x), "resource.x"],
  [op("||", dot(principal, "open"), x), "true"],
  [op("&&", x, op("&&", dot(principal, "open"), y)), "resource.x && resource.y"],
  [op("==", dot(context, "n"), lit(1)), "true"],
  [op("==", dot(context, "later"), lit(1)), "context.later == 1"],
  [{ has: { left: context, attr: "never" } }, "false"],
  [{ has: { left: context, attr: "later" } }, "context has later"],
  [op("contains", { Set: [lit(1), x] }, lit(1)), "[1, resource.x].contains(1)"],
  [call("lessThan", x, ext("decimal", "1.0")), 'resource.x.lessThan(decimal("1.0"))'],
  [dot({ Record: { a: lit(true), b: resource } }, "a"), "true"],
  // What comes after something unknown stays where it is.
  [op("&&", x, lit(false)), "resource.x && false"],
  [op("&&", x, errs), `resource.x && error("${NOPE.replaceAll('"', '\\"')}")`],
  [op("&&", errs, x), `error: ${NOPE}`],
  [op("||", x, lit(true)), "resource.x || true"],
  // Unless what is unknown can't err.
  [op("&&", op("==", resource, principal), lit(false)), "false"],
  [op("&&", { has: { left: resource, attr: "x" } }, lit(false)), "false"],
  [op("||", op("in", resource, ref('Folder::"f"')), lit(true)), "true"],
  [
    op("&&", op("<", lit(1), dot(principal, "level")), { has: { left: resource, attr: "x" } }),
    "resource has x",
  ],
  // Strict operators err if an operand does.
  [op("==", x, errs), `error: ${NOPE}`],
  [op("+", x, lit("a")), "error: type error: expected long, got string"],
  [op("&&", resource, x), "error: type error: expected bool, got (entity of type `Doc`)"],
  [not(not(op("==", x, lit(1)))), "resource.x == 1"],
  [op("&&", op("&&", x, y), lit(true)), "resource.x && resource.y"],
  [ifElse(x, lit(true), lit(false)), "if resource.x then true else false"],
  [ifElse(op("==", x, lit(1)), lit(true), lit(false)), "resource.x == 1"],
  [ifElse(op("==", resource, ref('Doc::"d"')), lit(true), lit(true)), "true"],
  [ifElse(x, errs, errs), `error: ${NOPE}`],
  [ifElse(dot(principal, "open"), x, errs), "resource.x"],
  // Of an unknown entity the type is known.
  [{ is: { left: resource, entity_type: "Doc" } }, "true"],
  [{ is: { left: resource, entity_type: "User" } }, "false"],
  [{ is: { left: resource, entity_type: "Doc", in: ref('Folder::"f"') } }, 'resource in Folder::"f"'],
  [{ is: { left: x, entity_type: "Doc" } }, "resource.x is Doc"],
  [op("==", resource, principal), "false"],
  [op("!=", resource, ref('User::"bob"')), "true"],
  [op("==", resource, ref('Doc::"d"')), 'resource == Doc::"d"'],
  [op("==", resource, lit("d")), "false"],
];

test("conditions are evaluated as far as things are known", () => {
  for (const [body, expected] of CASES) assert.equal(rest(body), expected, JSON.stringify(body));
});

test("a condition that is known to err says how", () => {
  const { residuals } = partial({ p: policyOf("permit", { conditions: when(op("&&", x, errs)) }) });
  const [residual] = residuals;
  assert.ok(residual?.condition.kind === "and");
  const error = residual.condition.operands.map(errorOf)[1];
  assert.deepEqual([error?.code, error?.message], ["attribute_does_not_exist", NOPE]);
  assert.deepEqual([residual.mayHold, residual.mayErr], [false, true]);
});

test("scopes with unknown entities become conditions", () => {
  const cases: [Partial<PolicyJson>, string | undefined][] = [
    [{ resource: { op: "is", entity_type: "Doc" } }, undefined],
    [{ resource: { op: "in", entity: uidJson('Folder::"f"') } }, 'resource in Folder::"f"'],
    [
      { resource: { op: "is", entity_type: "Doc", in: { entity: uidJson('Folder::"f"') } } },
      'resource in Folder::"f"',
    ],
    [{ resource: { op: "==", entity: uidJson('Doc::"d"') } }, 'resource == Doc::"d"'],
  ];
  for (const [scope, expected] of cases) {
    const { residuals, decision } = partial({ p: policyOf("permit", scope) });
    assert.equal(residuals[0] && describeExpression(residuals[0].condition), expected);
    assert.equal(decision, expected === undefined ? "allow" : "undecided");
  }
  const others: Partial<PolicyJson>[] = [
    { resource: { op: "is", entity_type: "User" } },
    { resource: { op: "==", entity: uidJson('User::"ann"') } },
    { principal: { op: "in", entity: uidJson('Team::"b"') } },
    { action: { op: "==", entity: uidJson('Action::"write"') } },
  ];
  for (const scope of others) {
    const { residuals, decision } = partial({ p: policyOf("permit", scope) });
    assert.deepEqual([residuals, decision], [[], "deny"], JSON.stringify(scope));
  }
});

const permit = policyOf("permit");
const openPermit = policyOf("permit", { conditions: when(x) });
const openForbid = policyOf("forbid", { conditions: when(x) });
const erringForbid = policyOf("forbid", { conditions: when(errs) });
const perhapsErringForbid = policyOf("forbid", { conditions: when(op("&&", x, lit(false))) });

test("the decision is open only while what is unknown can change it", () => {
  const cases: [PolicyJson[], lenient: Residual["decision"], strict: Residual["decision"]][] = [
    [[], "deny", "deny"],
    [[permit], "allow", "allow"],
    [[permit, openPermit], "allow", "allow"],
    [[openPermit], "undecided", "undecided"],
    [[openForbid], "deny", "deny"],
    [[permit, openForbid], "undecided", "undecided"],
    [[openPermit, policyOf("forbid")], "deny", "deny"],
    // An erring forbid counts for nothing in Cedar; the decision point denies.
    [[permit, erringForbid], "allow", "deny"],
    [[permit, perhapsErringForbid], "allow", "undecided"],
    [[openPermit, erringForbid], "undecided", "deny"],
    [[policyOf("permit", { conditions: when(op("&&", x, lit(false))) })], "deny", "deny"],
  ];
  for (const [policies, lenient, strict] of cases) {
    const named = Object.fromEntries(policies.map((policy, index) => [`p${index}`, policy]));
    assert.equal(partial(named).decision, lenient, JSON.stringify(policies));
    assert.equal(
      partial(named, asked(), store, { failClosed: true }).decision,
      strict,
      JSON.stringify(policies),
    );
  }
});

test("permits are or-ed and forbids subtracted in the one condition", () => {
  const policies = {
    a: openPermit,
    b: openPermit,
    c: openForbid,
    d: perhapsErringForbid,
    e: policyOf("permit", { conditions: when(lit(false)) }),
  };
  const holds = (policyId: string, whenErrs: boolean) => ({ kind: "holds", policyId, whenErrs });
  const outline = (residual: Residual): unknown =>
    JSON.parse(JSON.stringify(residual.condition, (key, value) => (key === "expr" ? undefined : value)));
  assert.deepEqual(outline(partial(policies, asked(), store, { failClosed: true })), {
    kind: "all",
    conditions: [
      { kind: "any", conditions: [holds("a", false), holds("b", false)] },
      { kind: "not", condition: { kind: "any", conditions: [holds("c", true), holds("d", true)] } },
    ],
  });
  assert.deepEqual(outline(partial({ ...policies, f: permit })), {
    kind: "not",
    condition: holds("c", false),
  });
  assert.equal(partial({ f: permit, d: perhapsErringForbid }).condition, true);
});

test("the answer so far names policies that are known, in the order of the set", () => {
  const { answer, residuals } = partial({ z: permit, a: permit, o: openForbid, e: erringForbid });
  assert.deepEqual(answer.reason, ["z", "a"]);
  assert.deepEqual(
    answer.errors.map(({ policyId }) => policyId),
    ["e"],
  );
  assert.deepEqual(
    residuals.map(({ policyId }) => policyId),
    ["o"],
  );
});

/** Entities of which nothing is known. */
const nothing: PartialEntities = {
  get: (uid) => ({
    partial: true,
    uid,
    attribute: () => UNKNOWN,
    tag: () => UNKNOWN,
    isIn: () => UNKNOWN,
    ancestors: () => UNKNOWN,
  }),
};

function needsOf(policies: Record<string, PolicyJson>, request: PartialRequest): unknown[] {
  const { needs, neededContext } = partial(policies, request, nothing);
  const texts = needs.map(({ uid, attributes, tags, ancestors, certain }) =>
    [
      uid,
      ...attributes,
      ...[...tags].map((tag) => `#${tag}`),
      ...(ancestors ? ["in"] : []),
      certain ? "!" : "?",
    ].join(" "),
  );
  return [...texts, ...[...neededContext].map(([name, certain]) => `context ${name} ${certain ? "!" : "?"}`)];
}

test("needs are what evaluation met, for certain or perhaps", () => {
  const request = asked({ resource: EntityUid.of("Doc", "d") });
  const cases: [ExprJson, unknown[]][] = [
    [x, ['Doc::"d" x !']],
    [op("&&", x, y), ['Doc::"d" x y !']],
    [op("&&", x, dot(principal, "a")), ['Doc::"d" x !', 'User::"ann" a ?']],
    [op("+", x, dot(principal, "a")), []],
    [op("==", x, dot(principal, "a")), ['Doc::"d" x !', 'User::"ann" a !']],
    [op("in", principal, ref('Team::"a"')), ['User::"ann" in !']],
    [op("in", principal, ref('User::"ann"')), []],
    [op("hasTag", resource, lit("t")), ['Doc::"d" #t !']],
    [{ has: { left: resource, attr: ["x", "z"] } }, ['Doc::"d" x !']],
    [ifElse(x, dot(principal, "a"), dot(principal, "b")), ['Doc::"d" x !', 'User::"ann" a b ?']],
    [op("==", dot(context, "later"), lit(1)), ["context later !"]],
    [op("&&", x, dot(context, "later")), ['Doc::"d" x !', "context later ?"]],
    // Whatever the document's group is, it takes the principal's ancestors.
    [op("in", principal, x), ['Doc::"d" x !', 'User::"ann" in ?']],
  ];
  for (const [body, expected] of cases) {
    const policies = { p: policyOf("permit", { conditions: when(body) }) };
    assert.deepEqual(needsOf(policies, request), expected, JSON.stringify(body));
  }
});

test("nothing is needed for what can't change the decision", () => {
  const request = asked({ resource: EntityUid.of("Doc", "d") });
  assert.deepEqual(needsOf({ a: permit, b: openPermit }, request), []);
  assert.deepEqual(needsOf({ a: openPermit, b: policyOf("forbid") }, request), []);
  assert.deepEqual(needsOf({ b: openForbid }, request), []);
  assert.deepEqual(needsOf({ a: permit, b: openForbid, c: openPermit }, request), ['Doc::"d" x !']);
});

test("a text that reads `unknown` is a text like any other", () => {
  const entities: Entities = EntityStore.from([
    { uid: EntityUid.of("Doc", "d"), attrs: new Map<string, Value>([["x", "unknown"]]) },
  ]);
  assert.equal(
    rest(op("==", x, lit("unknown")), asked({ resource: EntityUid.of("Doc", "d") }), entities),
    "true",
  );
});
