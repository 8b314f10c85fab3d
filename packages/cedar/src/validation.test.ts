import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle, type ProjectText } from "./bundle.js";
import { checkPolicies } from "./check-policies.js";
import type { Diagnostic } from "./diagnostics.js";
import { PolicyCache } from "./policy-cache.js";

const schema = {
  path: "schema.cedarschema",
  text: `entity Team in [Team]; entity User in [Team] = { level: Long, nick?: String }; entity Robot in [Team];
namespace Docs {
  entity Folder in [Folder];
  entity Doc in [Folder] = { owner: User, size: Long } tags String;
  type Circumstances = { mfa?: Bool };
  action any; action look in [any];
  action read in [look] appliesTo { principal: [User, Robot], resource: [Doc, Folder], context: Circumstances };
  action "r\\"w" in [look, change] appliesTo { principal: User, resource: Doc };
  action change; action erase in [change] appliesTo { principal: [Robot], resource: Doc };
  action idle in [Action::"outer"];
}
action outer; action unlock in [outer] appliesTo { principal: User, resource: [Docs::Doc, Team] };`,
};
const PRINCIPALS = [
  "",
  '== User::"a"',
  '== Docs::Doc::"a"',
  'in Team::"t"',
  "is Robot",
  "is Usr",
  'is User in Docs::Doc::"d"',
];
const ACTIONS = [
  "",
  '== Docs::Action::"read"',
  '== Docs::Action::"r\\"w"',
  '== Docs::Action::"erase"',
  '== Docs::Action::"idle"',
  '== Docs::Action::"reed"',
  'in Docs::Action::"look"',
  'in Docs::Action::"any"',
  'in [Docs::Action::"change", Action::"unlock"]',
  'in Action::"outer"',
];
const RESOURCES = ["", "is Docs::Doc", 'in Docs::Folder::"f"', 'is Docs::Doc in Team::"t"'];
const CONDITIONS = [
  "",
  "when { principal.level > 1 }",
  "when { resource.size == context.size }",
  'when { principal has nick && principal.nick like "x*" } unless { resource == principal }',
  'when { action in Docs::Action::"change" && resource.owner == principal }',
  'unless { action == Docs::Action::"reed" || context.mfa }',
  'when { [1, "a"].contains(1) }',
  'when { "раypal" == "x" || resource.getTag("t") == "x" }',
];

const texts = PRINCIPALS.flatMap((principal, p) =>
  ACTIONS.flatMap((action, a) =>
    RESOURCES.flatMap((resource, r) =>
      // Of the conditions two for each scope, and all of them over all scopes.
      [0, 3].map((step) => {
        const condition = CONDITIONS[(p + 3 * a + 5 * r + step) % CONDITIONS.length];
        return `permit (principal ${principal}, action ${action}, resource ${resource}) ${condition};`;
      }),
    ),
  ),
);

/** Cedar tells what it finds in one policy in any order. */
function inOrder(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map((diagnostic) => JSON.stringify(diagnostic)).sort();
}

test("policies validated together, by the actions they name, are told what each is told alone", () => {
  const together = checkPolicies(
    texts.map((text, index) => ({ path: `${index}.cedar`, text })),
    schema,
    new PolicyCache(),
  );
  const cache = new PolicyCache();
  const alone = texts.flatMap((text, index) =>
    checkPolicies([{ path: `${index}.cedar`, text }], schema, cache),
  );
  assert.deepEqual(inOrder(together), inOrder(alone));
  const faulty = new Set(alone.map(({ file }) => file)).size;
  assert.ok(faulty > 100 && texts.length - faulty > 20, `${faulty} of ${texts.length} have findings`);
});

test("so are links and templates", () => {
  const values = ['User::"a"', 'Robot::"a"', 'Docs::Doc::"a"', 'Nobody::"a"'];
  const templates = ACTIONS.slice(0, -1).map(
    (action, index) =>
      `@id("t${index}") permit (principal == ?principal, action ${action}, resource) when { ${
        index % 2 ? "principal.level > 1" : "true"
      } };`,
  );
  const project = (chosen: readonly string[], links: readonly [string, string][]): ProjectText => ({
    policies: chosen.map((text, index) => ({ path: `${index}.cedar`, text })),
    schema,
    settings: {
      links: links.map(([template, principal], index) => ({ template, id: `l${index}`, principal })),
    },
  });
  const links = templates.flatMap((_, index) =>
    values.map((value): [string, string] => [`t${index}`, value]),
  );
  const together = buildBundle(project(templates, links));
  const found = together.ok ? together.warnings : together.diagnostics;
  const cache = new PolicyCache();
  for (const [index, [template, value]] of links.entries()) {
    const single = buildBundle(project(templates, [[template, value]]), cache);
    const messages = (single.ok ? single.warnings : single.diagnostics)
      .filter(({ policyId }) => policyId === "l0")
      .map(({ message }) => message)
      .sort();
    const here = found.filter(({ policyId }) => policyId === `l${index}`).map(({ message }) => message);
    here.sort();
    assert.deepEqual(here, messages, `${template} with ${value}`);
  }
});
