import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBundle, type ProjectText } from "./bundle.js";
import type { Diagnostic } from "./diagnostics.js";
import { PolicyCache } from "./policy-cache.js";

const SCHEMA = `
namespace Desk {
  type Money = { cents: Long, currency?: String };
  entity Team in [Team];
  entity User in [Team] = { name: String, limit: Money, network: ipaddr } tags Set<String>;
  entity Color enum ["red", "green"];
  entity Ticket = { owner: User, due: __cedar::datetime };
  action all;
  action read, write in [all] appliesTo { principal: [User], resource: Ticket, context: { amount: Money } };
}`;

function project(text: string, rest: Partial<ProjectText> = {}): ProjectText {
  return {
    policies: [{ path: "policies/desk/tickets.cedar", text }],
    schema: { path: "schema.cedarschema", text: SCHEMA },
    settings: {},
    ...rest,
  };
}

function built(input: ProjectText, cache?: PolicyCache) {
  const result = buildBundle(input, cache);
  if (!result.ok) assert.fail(JSON.stringify(result.diagnostics));
  return result;
}

function refused(input: ProjectText): Diagnostic[] {
  const result = buildBundle(input);
  assert.ok(!result.ok);
  return result.diagnostics;
}

/** What each diagnostic underlines, for a project of one file. */
function underlined(input: ProjectText, diagnostics: Diagnostic[]): unknown[] {
  return diagnostics.map(({ code, file, range }) => {
    const text = [...input.policies, ...(input.schema ? [input.schema] : [])].find(
      ({ path }) => path === file,
    )?.text;
    return [code, range ? text?.slice(range.start.offset, range.end.offset) : null];
  });
}

test("policies are called by their `@id`, else by file and order", () => {
  const { bundle } = built(
    project(
      'permit(principal, action, resource);\n@id("no-writes") forbid(principal, action, resource);\npermit(principal, action, resource);',
    ),
  );
  assert.deepEqual(Object.keys(bundle.policies.staticPolicies), [
    "desk/tickets#0",
    "no-writes",
    "desk/tickets#2",
  ]);
  assert.match(bundle.id, /^[0-9a-f]{64}$/);
});

test("sources carry exact positions, in UTF-16 units", () => {
  const text =
    '// é😀\n  @reason("é😀")\n  permit(principal, action, resource) when { true } unless {\n    "é😀" == "x" };';
  const source = built(project(text)).bundle.sources["desk/tickets#0"];
  assert.ok(source);
  assert.deepEqual([source.file, source.line, source.column], ["policies/desk/tickets.cedar", 2, 3]);
  assert.deepEqual(
    source.clauses.map(({ kind, start, end, line, column }) => [
      kind,
      source.text.slice(start, end),
      line,
      column,
    ]),
    [
      ["when", "true", 3, 46],
      ["unless", '"é😀" == "x"', 4, 5],
    ],
  );
});

test("the schema is resolved: names qualified, common types inlined", () => {
  const { schema } = built(project("")).bundle;
  const money = {
    cents: { type: { type: "Long" }, required: true },
    currency: { type: { type: "String" }, required: false },
  };
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), {
    entityTypes: {
      "Desk::Team": { memberOfTypes: ["Desk::Team"], attributes: {} },
      "Desk::User": {
        memberOfTypes: ["Desk::Team"],
        attributes: {
          limit: { type: { type: "Record", attributes: money }, required: true },
          name: { type: { type: "String" }, required: true },
          network: { type: { type: "Extension", name: "ipaddr" }, required: true },
        },
        tags: { type: "Set", element: { type: "String" } },
      },
      "Desk::Color": { memberOfTypes: [], attributes: {}, enum: ["red", "green"] },
      "Desk::Ticket": {
        memberOfTypes: [],
        attributes: {
          owner: { type: { type: "Entity", name: "Desk::User" }, required: true },
          due: { type: { type: "Extension", name: "datetime" }, required: true },
        },
      },
    },
    actions: Object.fromEntries(
      ["all", "read", "write"].map((id) => [
        `Desk::Action::"${id}"`,
        {
          uid: { type: "Desk::Action", id },
          memberOf: id === "all" ? [] : [{ type: "Desk::Action", id: "all" }],
          principalTypes: id === "all" ? [] : ["Desk::User"],
          resourceTypes: id === "all" ? [] : ["Desk::Ticket"],
          context: {
            type: "Record",
            attributes:
              id === "all" ? {} : { amount: { type: { type: "Record", attributes: money }, required: true } },
          },
        },
      ]),
    ),
  });
});

test("64-bit integers survive", () => {
  const { bundle } = built(
    project("permit(principal, action, resource) when { 9223372036854775807 == -9223372036854775808 };"),
  );
  assert.deepEqual(bundle.policies.staticPolicies["desk/tickets#0"]?.conditions[0]?.body, {
    "==": { left: { Value: 9223372036854775807n }, right: { Value: -9223372036854775808n } },
  });
});

test("every syntax error of every file is reported where it is", () => {
  const input = project(
    'permit(principal, action, resource) when { "é" == foo(1) };\nforbid(principal, action);',
    {
      policies: [
        {
          path: "a.cedar",
          text: '// é😀\npermit(principal, action, resource) when { "é" == foo(1) };\nforbid(principal, action);',
        },
        { path: "b.cedar", text: "permit(principal, action, resource) when { principal.a = 3 };\npermit(" },
      ],
    },
  );
  assert.deepEqual(underlined(input, refused(input)), [
    ["policy_syntax", "foo(1)"],
    ["policy_syntax", ""],
    ["policy_syntax", "principal.a = 3"],
    ["policy_syntax", ""],
  ]);
});

test("strict validation reports every fault, with help and the policy's id", () => {
  const input = project(
    '// é😀\n@id("é") permit(principal is Desk::User, action, resource is Desk::Ticket) when { "é" == "é" && principal.nam == "x" };\n' +
      'permit(principal is Desk::Usr, action == Desk::Action::"raed", resource);\n' +
      'permit(principal is Desk::User, action == Desk::Action::"read", resource) when { context.amount.currency == "EUR" };',
  );
  const diagnostics = refused(input);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  assert.deepEqual(underlined(input, errors), [
    ["unknown_attribute", "principal.nam"],
    ["unknown_entity_type", "Desk::Usr"],
    ["unknown_action", 'Desk::Action::"raed"'],
    ["optional_attribute", "context.amount.currency"],
  ]);
  assert.equal(errors[0]?.message, "attribute `nam` on entity type `Desk::User` not found");
  assert.equal(errors[0]?.help, "did you mean `name`?");
  assert.equal(errors[0]?.policyId, "é");
});

test("ids must be unique, and not empty", () => {
  const input = project(
    '@id("a") permit(principal, action, resource); @id("a") forbid(principal, action, resource);\n@id("") permit(principal, action, resource);',
  );
  const diagnostics = refused(input);
  assert.deepEqual(underlined(input, diagnostics), [
    ["policy_id_duplicate", '"a"'],
    ["policy_id_empty", '""'],
  ]);
  assert.equal(diagnostics[0]?.help, "the other one is at policies/desk/tickets.cedar:1:5");
});

test("links come from the settings", () => {
  const text = '@id("share") permit(principal == ?principal, action, resource == ?resource);';
  const links = [
    { template: "share", id: "l", principal: 'Desk::User::"ann"', resource: 'Desk::Ticket::"1"' },
  ];
  const { bundle } = built(project(text, { settings: { links } }));
  assert.deepEqual(bundle.policies.templateLinks, [
    {
      templateId: "share",
      newId: "l",
      values: {
        "?principal": { type: "Desk::User", id: "ann" },
        "?resource": { type: "Desk::Ticket", id: "1" },
      },
    },
  ]);
});

test("faults of links are named by their place in the settings", () => {
  const text =
    '@id("share") permit(principal == ?principal, action, resource); @id("fixed") permit(principal, action, resource);';
  const good = { template: "share", id: "l", principal: 'Desk::User::"ann"' };
  const links = [
    { ...good, template: "fixed" },
    { ...good, template: "nope" },
    { ...good, principal: "ann" },
    { ...good, resource: 'Desk::Ticket::"1"' },
    { ...good, id: "fixed" },
    { ...good, id: "" },
    { ...good, id: "typo", principal: 'Desk::Usr::"ann"' },
  ];
  assert.deepEqual(
    refused(project(text, { settings: { links } }))
      .filter(({ severity }) => severity === "error")
      .map(({ code, settingsPath }) => [code, settingsPath])
      .sort(),
    [
      ["entity_uid_syntax", "/links/2/principal"],
      ["link_slots", "/links/3"],
      ["links_malformed", "/links/5"],
      ["policy_id_duplicate", "/links/4/id"],
      ["template_unknown", "/links/0/template"],
      ["template_unknown", "/links/1/template"],
      ["unknown_entity_type", "/links/6"],
    ],
  );
});

test("a schema's fault is shown in the schema", () => {
  const input = project("permit(principal, action, resource);", {
    schema: { path: "schema.cedarschema", text: "// é😀\nentity User { manager: Usr };" },
  });
  assert.deepEqual(underlined(input, refused(input)), [["schema_undeclared_type", "Usr"]]);
});

test("every use of every undeclared type is reported", () => {
  const text =
    "entity Usr2 in [My::Usr, Usr]; entity User in [Usr] { Usr: Long, // Usr\n a?: Usr, b: Set<My::Usr>, é: Usr };".replace(
      "é",
      '"é😀"',
    );
  const input = project("", { schema: { path: "schema.cedarschema", text } });
  assert.deepEqual(
    underlined(input, refused(input)).map((pair) => (pair as string[])[1]),
    ["My::Usr", "Usr", "Usr", "Usr", "My::Usr", "Usr"],
  );
});

test("what our engine can't take is a diagnostic, too", () => {
  const input = project(`permit(principal, action, resource) when { ${"1 + ".repeat(600)} 1 == 1 };`);
  const [diagnostic, ...others] = refused(input);
  assert.equal(diagnostic?.code, "too_deep");
  assert.deepEqual(others, []);
});

test("a link to a template that doesn't parse is no further fault", () => {
  const links = [{ template: "share", id: "l", principal: 'Desk::User::"ann"' }];
  const input = project('@id("share") permit(principal == ?principal, action);', { settings: { links } });
  assert.deepEqual(
    refused(input).map(({ code }) => code),
    ["policy_syntax"],
  );
});

test("the id depends on all of the content, and on nothing else", () => {
  const one = project("permit(principal, action, resource);", { settings: { a: 1, b: 2 } });
  const same = { ...one, settings: { b: 2, a: 1 } };
  const other = { ...one, settings: { a: 1, b: 3 } };
  assert.equal(built(one).bundle.id, built(same).bundle.id);
  assert.notEqual(built(one).bundle.id, built(other).bundle.id);
});

test("a build with a cache gives what a build without one gives, warnings included", () => {
  const cache = new PolicyCache();
  const impossible = project("permit(principal is Desk::Team, action, resource);");
  const first = built(impossible, cache);
  assert.equal(first.warnings.length, 2);
  const moved = project(`\n\n${impossible.policies[0]?.text}`);
  assert.deepEqual(built(moved, cache), built(moved));
  assert.ok(!buildBundle({ ...moved, schema: { path: "s", text: "entity Foo;" } }, cache).ok);
});
