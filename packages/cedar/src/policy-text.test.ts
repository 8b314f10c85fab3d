import assert from "node:assert/strict";
import { test } from "node:test";
import { splitPolicies } from "./policy-text.js";

const clauseTexts = (source: string) =>
  splitPolicies(source).map(({ text, clauses }) =>
    clauses.map(({ kind, start, end }) => [kind, text.slice(start, end)]),
  );

test("policies are split with their exact text, whatever stands between them", () => {
  const source =
    '// permit;\n@id("a;b") permit(principal, action, resource); // c;\n\n\tforbid(principal, action, resource);\n';
  const policies = splitPolicies(source);
  assert.deepEqual(
    policies.map(({ text }) => text),
    ['@id("a;b") permit(principal, action, resource);', "forbid(principal, action, resource);"],
  );
  assert.ok(policies.every(({ text, offset }) => source.startsWith(text, offset)));
});

test("clauses are the expressions between the outer braces", () => {
  const source =
    'permit(principal, action, resource) when { {a: 1}.a == 1 && "}" != "{" } // }\n unless { /* */ context has when };';
  assert.deepEqual(clauseTexts(source), [
    [
      ["when", '{a: 1}.a == 1 && "}" != "{"'],
      ["unless", "/* */ context has when"],
    ],
  ]);
});

test("records named when in an expression, and annotations of that name, are no clauses", () => {
  const source = '@when("x") permit(principal, action, resource) when { context.when == {when: {a: 1}} };';
  assert.deepEqual(clauseTexts(source), [[["when", "context.when == {when: {a: 1}}"]]]);
});

test("an unbalanced policy leaves the next one whole", () => {
  const texts = splitPolicies(
    "permit(principal, action, resource) when { (1 ; forbid(principal, action, resource);",
  ).map(({ text }) => text);
  assert.deepEqual(texts, [
    "permit(principal, action, resource) when { (1 ;",
    "forbid(principal, action, resource);",
  ]);
});

test("an unclosed string takes the rest of the file, an unfinished policy is one too", () => {
  assert.equal(splitPolicies('permit(principal, action, resource) when { "a }; forbid(').length, 1);
  assert.deepEqual(
    splitPolicies("permit(principal, action, resource)").map(({ text }) => text),
    ["permit(principal, action, resource)"],
  );
  assert.deepEqual(splitPolicies(" // nothing\n"), []);
});

test("a slot makes a template, a string that looks like one doesn't", () => {
  const source =
    'permit(principal == ?principal, action, resource); permit(principal, action, resource) when { "?principal" == "" };';
  assert.deepEqual(
    splitPolicies(source).map(({ isTemplate }) => isTemplate),
    [true, false],
  );
});

test("the id annotation is found among others", () => {
  const [policy] = splitPolicies(
    '@reason("@id(\\"no\\")") @id("yes") permit(principal, action, resource) when { true };',
  );
  assert.ok(policy?.idAnnotation);
  assert.equal(policy.text.slice(policy.idAnnotation.start, policy.idAnnotation.end), '"yes"');
  assert.equal(splitPolicies("permit(principal, action, resource);")[0]?.idAnnotation, null);
});
