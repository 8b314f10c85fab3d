import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle } from "@cordon/cedar";
import type { ExprJson } from "@cordon/engine";
import { parsePolicySyntax } from "./index.js";

/** Bodies that between them have every form of Cedar's grammar. */
const BODIES = [
  "true",
  'principal has a.b && principal has "x y" || context has c',
  "-5 < -context.y && - -5 == -(5) && --5 == 3 && 5 == ---context.y && !(-1 == 2)",
  "!!context.b && !(context.a || context.b)",
  'a::b::C::"x" == User::"\\u{41}\\x41"',
  '"a*b" like "a\\**\\*é\\u{e9}𝄞"',
  '{a: 1, "b c": 2, __proto__: 3}.a == principal["x y"].foo["if"]',
  "context.x.isEmpty() || [] == {}",
  "if true then 1 == 2 else if false then true else false",
  "1 + 2 - 3 * 4 * 5 - (6 - 7) >= -9223372036854775808 && 9223372036854775807 != 1",
  'principal is A::B in [C::"d"] && resource is D && principal is E in F::"g"',
  'ip("1").isInRange(ip("2"),) && decimal("1.2").lessThan(context.x)',
  "(true) && (false && true) && 1 == 2 || (true || false) || true",
  "context.a.containsAny([1,]) && [1,2].contains(1) && context.a.containsAll(context.b)",
  'principal.hasTag("a") && principal.getTag("a") == 2',
  '"\\\'\\n\\0\\r\\t\\\\\\"" == "a"',
  "-1 .a == 2",
  'principal in resource.owners && action in [Action::"a", Action::"b"] && resource in principal',
  "(context.a).b == ((context).c)",
  'datetime("2024-01-01").offset(duration("1d")).toDate() < context.now',
];

const SCOPES = [
  "principal, action, resource",
  'principal == A::B::"x", action == Action::"y", resource in C::"z\\n",',
  'principal is A in B::"b", action in Action::"y", resource is C',
  'principal in B::"b", action in [Action::"y", N::Action::"z",], resource is N::C in D::"e"',
  'principal, action in [Action::"y"], resource',
  "principal == ?principal, action, resource in ?resource",
  "principal in ?principal, action in [], resource is C in ?resource",
];

const POLICIES = [
  ...BODIES.map((body) => `permit (principal, action, resource) when { ${body} };`),
  ...SCOPES.map(
    (scope) => `@a @id("i\\n") @b("") forbid (${scope}) // note ; }\n unless { true } when { false };`,
  ),
];

test("what is read is what Cedar's own parser reads", () => {
  for (const text of POLICIES) {
    const built = buildBundle({ policies: [{ path: "p.cedar", text }], settings: {} });
    assert.ok(built.ok, `${text} ${built.ok ? "" : built.diagnostics[0]?.message}`);
    const { staticPolicies, templates } = built.bundle.policies;
    const [expected] = [...Object.values(staticPolicies), ...Object.values(templates)];
    const syntax = parsePolicySyntax(text);
    assert.deepEqual(syntax?.policy, expected, text);
    assert.equal(syntax?.isTemplate, Object.keys(templates).length === 1);
  }
});

test("every expression has its span, without the parentheses around it", () => {
  const text =
    'permit (principal, action, resource) when { (context.a).b == ((context).c - 1) && !("x" like "*") };';
  const syntax = parsePolicySyntax(text);
  assert.ok(syntax);
  const written = (expr: ExprJson) => {
    const span = syntax.spans.get(expr);
    return span && text.slice(span.start, span.end);
  };
  assert.deepEqual(
    [...syntax.spans.keys()].map(written),
    ["context", "context.a", "(context.a).b", "context", "(context).c", "1", "(context).c - 1"].concat(
      ["(context.a).b == ((context).c - 1)", '"x"', '"x" like "*"', '!("x" like "*")'],
      ['(context.a).b == ((context).c - 1) && !("x" like "*")'],
    ),
  );
});

test("annotations, scope and clauses have spans", () => {
  const text = '@id("a") @b\npermit (principal is User in Group::"g", action, resource,) unless { false };';
  const syntax = parsePolicySyntax(text);
  assert.ok(syntax);
  const written = (span: { start: number; end: number } | null) => span && text.slice(span.start, span.end);
  assert.deepEqual(
    syntax.annotations.map(({ span, nameSpan, valueSpan }) => [span, nameSpan, valueSpan].map(written)),
    [
      ['@id("a")', "id", '"a"'],
      ["@b", "b", null],
    ],
  );
  assert.equal(written(syntax.effect), "permit");
  assert.equal(written(syntax.scope.principal), 'principal is User in Group::"g"');
  assert.equal(written(syntax.scope.action), "action");
  assert.deepEqual(
    syntax.clauses.map(({ span }) => written(span)),
    ["unless { false }"],
  );
  assert.deepEqual(
    syntax.mentions.map(({ kind, span }) => `${kind} ${written(span)}`),
    ["entity-type User", 'entity Group::"g"'],
  );
});

test("of what isn't a policy nothing is read", () => {
  for (const text of [
    "",
    "permit",
    "permit (principal, action);",
    "permit (principal, action, resource) when { ( };",
  ]) {
    assert.equal(parsePolicySyntax(text), null, text);
  }
  assert.equal(parsePolicySyntax(`permit (principal, action, resource) when { ${"(".repeat(100_000)}`), null);
});
