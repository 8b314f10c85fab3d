import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { extensionFolder, tokenizeBy } from "./testing-internal/tokenizer.js";

/** A line, and of words of it the innermost scope, without the name of the language at its end. */
const cedar: [text: string, scopes: Record<string, string>][] = [
  [
    '@id("a \\u{41}") // why',
    {
      "@": "punctuation.definition.annotation",
      id: "storage.type.annotation",
      a: "string.quoted.double",
      "\\u{41}": "constant.character.escape",
      "// why": "comment.line.double-slash",
    },
  ],
  [
    "permit (principal is NS::User, action, resource)",
    {
      permit: "keyword.control.permit",
      principal: "variable.language",
      is: "keyword.operator.word",
      "NS::User": "entity.name.type",
      resource: "variable.language",
    },
  ],
  [
    "forbid (principal in ?principal, action, resource);",
    {
      forbid: "keyword.control.forbid",
      "?principal": "variable.parameter.slot",
      ";": "punctuation.terminator.policy",
    },
  ],
  [
    'action in [Action::"read", A::B::Action::"x"]',
    { Action: "entity.name.type", "A::B::Action": "entity.name.type", read: "string.quoted.double" },
  ],
  [
    'when { resource.owner == principal && context.ip.isInRange(ip("10.0.0.0/8")) }',
    {
      when: "keyword.control.clause",
      owner: "variable.other.member",
      "==": "keyword.operator.comparison",
      "&&": "keyword.operator.logical",
      isInRange: "entity.name.function.method",
      ip: "variable.other.member",
    },
  ],
  [
    "unless { principal has manager.level || !(resource.n > -12) }",
    {
      unless: "keyword.control.clause",
      has: "keyword.operator.word",
      "manager.level": "variable.other.member",
      "!": "keyword.operator.logical",
      "-": "keyword.operator.arithmetic",
      "12": "constant.numeric.integer",
    },
  ],
  [
    "if true then 1 else 2",
    {
      if: "keyword.control.conditional",
      true: "constant.language.boolean",
      else: "keyword.control.conditional",
    },
  ],
  ['{ if: 1, principal: 2, "x": 3 }', { if: "variable.other.member", principal: "variable.other.member" }],
  [
    "context.principal.in.when",
    {
      context: "variable.language",
      principal: "variable.other.member",
      in: "variable.other.member",
      when: "variable.other.member",
    },
  ],
  [
    'resource.name like "a\\*b*" && decimal("1.5").lessThan(decimal("2.0"))',
    {
      like: "keyword.operator.word",
      "\\*": "constant.character.escape",
      decimal: "support.function",
      lessThan: "entity.name.function.method",
    },
  ],
  ['"\\q"', { "\\q": "invalid.illegal.escape" }],
];

const schema: [text: string, scopes: Record<string, string>][] = [
  ["/// Of it.", { "/// Of it.": "comment.line.documentation" }],
  ["namespace A::B {", { namespace: "keyword.declaration.namespace", "A::B": "entity.name.namespace" }],
  [
    "entity User in [Team, A::Org] = {",
    {
      entity: "keyword.declaration.entity",
      User: "entity.name.type",
      in: "keyword.other",
      Team: "entity.name.type",
      "A::Org": "entity.name.type",
    },
  ],
  [
    '  "a b"?: Set<Long>, type: String, action: Role,',
    {
      '"a b"': "variable.other.member",
      "?": "keyword.operator.optional",
      Set: "support.type.set",
      Long: "support.type",
      type: "variable.other.member",
      String: "support.type",
      action: "variable.other.member",
      Role: "entity.name.type",
    },
  ],
  [
    "} tags String;",
    { tags: "keyword.other", String: "support.type", ";": "punctuation.terminator.declaration" },
  ],
  ['entity Kind enum ["a", "b"];', { enum: "keyword.other", a: "string.quoted.double" }],
  [
    'action read, "ticket:close" in [Action::"all"] appliesTo {',
    {
      action: "keyword.declaration.action",
      read: "entity.name.function.action",
      "ticket:close": "entity.name.function.action",
      in: "keyword.other",
      Action: "entity.name.type",
      appliesTo: "keyword.other",
    },
  ],
  [
    "  principal: [User], resource: Doc, context: { ip?: ipaddr }",
    {
      principal: "variable.language",
      resource: "variable.language",
      context: "variable.language",
      ip: "variable.other.member",
      ipaddr: "support.type",
    },
  ],
  ["type Ctx = { a: Long };", { type: "keyword.declaration.type", Ctx: "entity.name.type.alias" }],
];

for (const [language, cases] of [
  ["cedar", cedar],
  ["cedarschema", schema],
] as const) {
  for (const [text, scopes] of cases) {
    test(`${language}: ${text}`, async () => {
      const tokens = await tokenizeBy(language, text);
      const of = Object.fromEntries(
        Object.keys(scopes).map((word) => {
          const found = tokens.find((token) => token.text === word);
          const innermost = found?.scopes.filter((scope) => !scope.startsWith("meta.")).at(-1) ?? "nothing";
          return [word, innermost.replace(new RegExp(`\\.${language}$`), "")];
        }),
      );
      assert.deepEqual(of, scopes, JSON.stringify(tokens));
    });
  }
}

test("policies and schemas in Markdown are coloured as such", async () => {
  const text =
    "```cedar\npermit (principal, action, resource);\n```\n```cedarschema\nentity User;\n```\npermit (x)";
  const tokens = await tokenizeBy("markdown-cedar", text);
  const scopesOf = (word: string) =>
    tokens.filter((token) => token.text === word).map(({ scopes }) => scopes.at(-1));
  assert.deepEqual(scopesOf("permit"), ["keyword.control.permit.cedar"]);
  assert.deepEqual(scopesOf("entity"), ["keyword.declaration.entity.cedarschema"]);
});

const HELPDESK = `${extensionFolder}../../examples/helpdesk/`;

test("in the help desk's files nothing is illegal, and every name is coloured", async () => {
  const files = readdirSync(`${HELPDESK}policies`).map((name) => `policies/${name}`);
  for (const path of [...files, "schema.cedarschema"]) {
    const language = path.endsWith(".cedar") ? "cedar" : "cedarschema";
    for (const { text, scopes } of await tokenizeBy(language, readFileSync(HELPDESK + path, "utf8"))) {
      assert.ok(!scopes.some((scope) => scope.startsWith("invalid")), `${path}: ${text}`);
      if (/^\w/.test(text)) assert.ok(scopes.length > 0, `${path}: \`${text}\` has no colour`);
    }
  }
});
