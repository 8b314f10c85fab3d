import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildBundle } from "@cordon/cedar";
import { loadSuite, runSuite } from "../policy-tests/index.js";
import { parsePolicySyntax } from "../syntax/index.js";
import { projectWith, shop } from "../testing-internal/shop.js";
import { suiteOf } from "../testing-internal/suite.js";
import { mutateSuite, renderMutation } from "./index.js";
import { applyTo } from "./mutant.js";
import { mutationsOf } from "./mutations.js";
import { unifiedPatch } from "./patch.js";

const HELPDESK = fileURLToPath(new URL("../../../../examples/helpdesk/", import.meta.url));

test("the help desk's tests notice every change of its policies", async () => {
  const loaded = await loadSuite(HELPDESK);
  assert.ok(loaded.ok);
  assert.equal(runSuite(loaded.suite).failed, 0);
  const { mutants, survivors, score, invalid } = mutateSuite(loaded.suite);
  assert.deepEqual(
    survivors.map(({ policyId, what }) => `${policyId}: ${what}`),
    [],
  );
  assert.equal(score, 100);
  assert.ok(mutants > 200 && invalid > 20, `${mutants} tried, ${invalid} invalid`);
});

/** A policy, and what is done to it: the text in place of what was changed, in brackets. */
const CHANGES: [name: string, policy: string, changed: string[]][] = [
  [
    "scope",
    'permit (principal is User in Team::"a", action in [Action::"read", Action::"share"], resource == Document::"d");',
    [
      "[]",
      '[forbid] (principal is User in Team::"a", action in [Action::"read", Action::"share"], resource == Document::"d");',
      'permit ([principal is User], action in [Action::"read", Action::"share"], resource == Document::"d");',
      'permit (principal is User in Team::"a", action in [Action::"read", Action::"share"], [resource]);',
      'permit (principal is User in Team::"a", [action in [Action::"share"]], resource == Document::"d");',
      'permit (principal is User in Team::"a", [action in [Action::"read"]], resource == Document::"d");',
    ],
  ],
  [
    "clauses and connectives",
    "permit (principal, action, resource) when { (context.a || context.b) && !context.c } unless { context.d };",
    [
      "[]",
      "[forbid] (principal, action, resource) when { (context.a || context.b) && !context.c } unless { context.d };",
      "permit (principal, action, resource)[] unless { context.d };",
      "permit (principal, action, resource) [unless] { (context.a || context.b) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a || context.b) [||] !context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a || context.b)[] } unless { context.d };",
      "permit (principal, action, resource) when { []!context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a [&&] context.b) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a[]) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { ([]context.b) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { ([!context.a] || context.b) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a || [!context.b]) && !context.c } unless { context.d };",
      "permit (principal, action, resource) when { (context.a || context.b) && [context.c] } unless { context.d };",
      "permit (principal, action, resource) when { (context.a || context.b) && !context.c }[];",
      "permit (principal, action, resource) when { (context.a || context.b) && !context.c } [when] { context.d };",
    ],
  ],
  [
    "operators",
    'permit (principal, action, resource) when { context.n + 1 <= (2) && context.s.containsAll([true]) } when { if decimal("1.0").lessThan(context.d) then true else !(1 == context.n) };',
    [
      "context.n + 1 [<] (2) && ",
      "context.n + 1 [>] (2) && ",
      "context.n [-] 1 <= (2) && ",
      "[!(context.n + 1 <= (2))] && ",
      "context.s.[containsAny]([true])",
      "[!(context.s.containsAll([true]))]",
      "containsAll([[false]])",
      'if [!(decimal("1.0").lessThan(context.d))] then',
      ".[lessThanOrEqual](context.d)",
      ".[greaterThanOrEqual](context.d)",
      "then [false] else",
      "else [(1 == context.n)]",
      "else !(1 [!=] context.n)",
    ],
  ],
];

for (const [name, policy, expected] of CHANGES) {
  test(`what is changed: ${name}`, () => {
    const syntax = parsePolicySyntax(policy);
    assert.ok(syntax);
    const built = buildBundle({
      policies: [],
      schema: { path: "s", text: shop["schema.cedarschema"] ?? "" },
      settings: {},
    });
    assert.ok(built.ok);
    const found = mutationsOf(syntax, policy, built.bundle.schema).map(
      ({ span, text }) => `${policy.slice(0, span.start)}[${text}]${policy.slice(span.end)}`,
    );
    if (name !== "operators") assert.deepEqual(found, expected);
    else
      for (const part of expected)
        assert.ok(
          found.some((text) => text.includes(part)),
          `${part} in\n${found.join("\n")}`,
        );
  });
}

test("a widened scope that lets in nothing is no change", () => {
  const built = buildBundle({
    policies: [],
    schema: { path: "s", text: shop["schema.cedarschema"] ?? "" },
    settings: {},
  });
  assert.ok(built.ok);
  const scopes = (policy: string) => {
    const syntax = parsePolicySyntax(policy);
    assert.ok(syntax);
    return mutationsOf(syntax, policy, built.bundle.schema)
      .filter(({ kind }) => kind === "scope_widened")
      .map(({ text }) => text);
  };
  // Only users read; no entity lies within a user or a document; no action lies within another.
  assert.deepEqual(scopes('permit (principal is User, action == Action::"read", resource is Document);'), [
    "action",
  ]);
  assert.deepEqual(scopes('permit (principal == User::"a", action, resource is Document);'), ["principal"]);
  assert.deepEqual(scopes('permit (principal is Team, action == Action::"void", resource);'), []);
});

const WEAK = `cases:
  - { principal: User::ann, action: read, resource: Document::plan, expect: allow }
  - { principal: User::ann, action: share, resource: Document::plan, expect: allow }
  - { principal: User::ann, action: read, resource: Document::budget, context: { country: FR }, expect: deny }
`;

test("what weak tests don't notice is shown as the patch that it is", async () => {
  const suite = await suiteOf(WEAK);
  const result = { ...mutateSuite(suite), durationMs: 100 };
  assert.ok(result.score < 70, `${result.score}`);
  const shown = renderMutation({
    ...result,
    survivors: result.survivors.filter(({ what }) => what === "`principal.level >= 2` dropped"),
  });
  assert.equal(
    shown.split("\n").slice(2).join("\n"),
    `
● owner-shares  \`principal.level >= 2\` dropped  policies/documents.cedar:9:35
    --- a/policies/documents.cedar
    +++ b/policies/documents.cedar
    @@ -7,5 +7,5 @@
     @reason("who owns a document shares it")
     permit (principal, action == Action::"share", resource)
    -when { resource.owner == principal && principal.level >= 2 };
    +when { resource.owner == principal };
     
     @id("secret-stays-home")

help: for each, write the case that should have failed`,
  );
  const colored = renderMutation(result, { color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for are control characters
  assert.equal(colored.replaceAll(/\u001b\[\d+m/g, ""), renderMutation(result));
});

test("each patch applies, and no test fails by it", async () => {
  const loaded = await loadSuite(projectWith({ ...shop, "tests/t.yaml": WEAK }));
  assert.ok(loaded.ok);
  const { survivors } = mutateSuite(loaded.suite);
  assert.ok(survivors.length >= 10);
  for (const { patch, file, policyId } of survivors.filter((_, index) => index % 3 === 0)) {
    const folder = projectWith({ ...shop, "tests/t.yaml": WEAK });
    writeFileSync(join(folder, "change.patch"), `${patch}\n`);
    execFileSync("git", ["apply", "change.patch"], { cwd: folder, stdio: "pipe" });
    assert.notEqual(readFileSync(join(folder, file), "utf8"), shop[file], policyId);
    const changed = await loadSuite(folder);
    assert.ok(changed.ok, patch);
    assert.equal(runSuite(changed.suite).failed, 0, patch);
  }
});

test("a template changes with all that is linked from it", async () => {
  const suite = await suiteOf(
    `cases:
  - { principal: User::ann, action: read, resource: Document::plan, expect: allow }
  - { principal: User::bob, action: read, resource: Document::plan, expect: deny }
  - { principal: User::ann, action: share, resource: Document::plan, expect: deny }
  - { principal: User::ann, action: read, resource: Document::budget, expect: deny }
`,
    {
      "policies/documents.cedar":
        '@id("t") permit (principal == ?principal, action == Action::"read", resource is Document) unless { resource.secret };',
      "cordon.yaml": "links:\n  - { template: t, id: for-ann, principal: 'User::\"ann\"' }\n",
    },
  );
  const { survivors, noticed } = mutateSuite(suite);
  // What a slot may be linked to is not known, so that a group could be.
  assert.deepEqual(
    survivors.map(({ what }) => what),
    ["principal widened to `principal in ?principal`"],
  );
  assert.ok(noticed >= 5, `${noticed}`);
});

test("a patch is minimal, at either end of a file too", () => {
  const hunk = (before: string, after: string) => unifiedPatch("f", before, after).split("\n").slice(2);
  assert.deepEqual(hunk("a\n", "b\n"), ["@@ -1,1 +1,1 @@", "-a", "+b"]);
  assert.deepEqual(hunk("a\nb\nc\nd\n", "a\nb\nc\nx\n"), ["@@ -2,3 +2,3 @@", " b", " c", "-d", "+x"]);
  assert.deepEqual(hunk("a\nb\nb\nc\n", "a\nb\nc\n"), ["@@ -1,4 +1,3 @@", " a", " b", "-b", " c"]);
  assert.equal(applyTo("abc", { span: { start: 1, end: 2 }, text: "" }), "ac");
});
