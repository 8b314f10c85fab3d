import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "./testing-internal/lint-files.js";

const SCHEMA = `entity Team in [Team];
entity User in [Team] = { level: Long, name?: String, rank?: { title?: String } };
entity Robot;
entity Document in [Team] = { owner: User, size: Long, price: Long, state: String, due: datetime } tags String;
action "write";
action "read" appliesTo { principal: [User, Robot], resource: [Document], context: { now: datetime, note?: String, span: duration } };
action "edit" in ["write"] appliesTo { principal: [User], resource: [Document], context: { now: datetime } };
`;

const EDIT = 'permit (principal, action == Action::"edit", resource)';
const FORBID = 'forbid (principal, action == Action::"read", resource)';

/** A policy and what is found in it: `code "underlined" message | help`. */
const ROWS: [policy: string, found: string[], lints?: string][] = [
  [
    "permit (principal, action, resource);",
    [
      'permit_everything "permit (principal, action, resource)" this permits everybody everything | name who may do what in the scope, or say in a `when` on what condition',
    ],
  ],
  [
    "permit (principal, action, resource) when { 1 < 2 };",
    [
      'permit_everything "permit (principal, action, resource)" this permits everybody everything | name who may do what in the scope, or say in a `when` on what condition',
      'condition_always_true "1 < 2" the condition of this `when` is always true | leave the clause out: it restricts nothing',
    ],
  ],
  ["forbid (principal, action, resource);", []],
  [
    `permit (principal is Robot, action == Action::"edit", resource);`,
    [
      'impossible_policy "principal is Robot" this permit never applies: no request has `principal is Robot` | `action == Action::"edit"` takes a principal of type `User`',
    ],
  ],
  [
    `permit (principal, action == Action::"read", resource in User::"x");`,
    [
      'impossible_policy "resource in User::\\"x\\"" this permit never applies: no request has `resource in User::"x"` | `action == Action::"read"` takes a resource of type `Document`',
    ],
  ],
  [
    `permit (principal, action == Action::"write", resource);`,
    [
      'impossible_policy "action == Action::\\"write\\"" this permit never applies: no action in `action == Action::"write"` applies to anything | name an action that has `appliesTo` in the schema',
    ],
  ],
  [
    `${EDIT} when { resource.size > 5 && resource.size < 6 };`,
    [
      'impossible_policy "resource.size < 6" this permit never applies: its `when` is never true | `resource.size > 5` before it decides that',
    ],
  ],
  [
    `${EDIT} when { resource.size > 5 } when { 3 > resource.size };`,
    [
      'impossible_policy "3 > resource.size" this permit never applies: its `when` is never true | `resource.size > 5` before it decides that',
    ],
  ],
  [
    `${EDIT} when { resource.size >= 5 } unless { resource.size > 4 };`,
    [
      'impossible_policy "resource.size > 4" this permit never applies: its `unless` is always true | `resource.size >= 5` before it decides that',
    ],
  ],
  [
    `${EDIT} when { ["a", "b"].contains(resource.state) && resource.state == "c" };`,
    [
      'impossible_policy "resource.state == \\"c\\"" this permit never applies: its `when` is never true | mend the condition, or remove the policy',
    ],
  ],
  [
    `${EDIT} when { principal in Team::"a" && !(principal in Team::"a") };`,
    [
      'impossible_policy "!(principal in Team::\\"a\\")" this permit never applies: its `when` is never true | mend the condition, or remove the policy',
    ],
  ],
  [
    `${EDIT} when { resource.due < datetime("2024-01-01") && resource.due > datetime("2024-02-01") };`,
    [
      'impossible_policy "resource.due > datetime(\\"2024-02-01\\")" this permit never applies: its `when` is never true | `resource.due < datetime("2024-01-01")` before it decides that',
    ],
  ],
  [
    `${EDIT} when { resource.size > 5 && (resource.size > 3 || principal.level > 1) };`,
    [
      'condition_always_true "resource.size > 3 || principal.level > 1" `resource.size > 3 || principal.level > 1` is always true | leave it out, or mend it: as it is, it decides nothing',
    ],
  ],
  [
    `${EDIT} when { resource.owner == principal || principal in resource };`,
    [
      'condition_never_true "principal in resource" `principal in resource` is never true | leave it out, or mend it: as it is, it decides nothing',
    ],
  ],
  [`${EDIT} when { if principal.level > 3 then true else false };`, []],
  [`${EDIT} when { principal has name && principal.name like "a*" };`, []],
  [`${EDIT} when { resource has owner && resource.owner == principal };`, []],
  [
    `${FORBID} when { resource.size + 1 > 5 };`,
    [
      'forbid_can_error "resource.size + 1" this forbid can fail to be evaluated: `resource.size + 1` can overflow 64 bits | bound its operands in a condition before it, or compare them without arithmetic',
    ],
  ],
  [`${FORBID} when { resource.size < 100 && resource.size + 1 > 5 };`, []],
  [
    `${FORBID} when { -resource.size > 5 };`,
    [
      'forbid_can_error "-resource.size" this forbid can fail to be evaluated: `-resource.size` can overflow 64 bits | bound its operands in a condition before it, or compare them without arithmetic',
    ],
  ],
  [
    `${FORBID} when { context.now.durationSince(resource.due) > duration("1d") && context.now.toTime() > duration("8h") };`,
    [],
  ],
  [`${FORBID} when { context.now.offset(duration("1d")) > resource.due };`, []],
  [
    `${FORBID} when { context.now.offset(context.span) > resource.due };`,
    [
      'forbid_can_error "context.now.offset(context.span)" this forbid can fail to be evaluated: `context.now.offset(context.span)` can leave the range of time | bound its operands in a condition before it',
    ],
  ],
  [`${EDIT} when { resource.size + 1 > 5 };`, []],
  [
    `${EDIT} when { principal has rank && principal.rank has title };`,
    [
      'deprecated_syntax "principal has rank && principal.rank has title" two `has` in a row are how it was written before Cedar 4.2 | write `principal has rank.title`',
    ],
  ],
  [`@lint_allow("forbid_can_error: sizes are small")\n${FORBID} when { resource.size + 1 > 5 };`, []],
  [
    `@lint_allow("forbid-can-error, missing_idd: because")\n${FORBID} when { resource.size + 1 > 5 };`,
    ['invalid_lint_allow "missing_idd" there is no lint `missing_idd` | did you mean `missing_id`?'],
  ],
  [
    `@lint_allow("forbid_can_error")\n${EDIT} when { resource.size > 5 };`,
    [
      'invalid_lint_allow "@lint_allow(\\"forbid_can_error\\")" `@lint_allow` gives no reason | say why after a colon: `@lint_allow("missing_reason: it speaks for itself")`',
    ],
  ],
  [
    `@lint_allow("forbid_can_error, deprecated_syntax: why not")\n${FORBID} when { resource.size + 1 > 5 };`,
    [
      'unused_lint_allow "deprecated_syntax" `deprecated_syntax` is allowed, but not found in `p` | remove it from the list',
    ],
  ],
  [
    `@resaon("x")\n${EDIT} when { resource.size > 5 };`,
    ['misspelled_annotation "resaon" nothing reads the annotation `@resaon` | did you mean `@reason`?'],
  ],
  [`@owner("x") @advice("y")\n${EDIT} when { resource.size > 5 };`, []],
  ["permit (principal == ?principal, action, resource);", []],
];

for (const [policy, expected] of ROWS) {
  test(policy.replaceAll(/\s+/g, " "), () => {
    const files = {
      "schema.cedarschema": SCHEMA,
      "policies/p.cedar": `@id("p") ${policy.includes("@resaon") ? "" : '@reason("r") '}${policy}\n`,
    };
    const found = lintFiles(files).filter(({ file }) => file === "policies/p.cedar");
    const shown = found.map(({ code, message, help, range }) => {
      const underlined = files["policies/p.cedar"].slice(range?.start.offset, range?.end.offset);
      return `${code} ${JSON.stringify(underlined)} ${message} | ${help}`;
    });
    assert.deepEqual(shown, expected);
  });
}

/** Several policies, by id, and which are found to be superfluous. */
const OVERLAPS: [policies: Record<string, string>, found: string[]][] = [
  [{ a: EDIT, b: `${EDIT} when { principal.level > 1 }` }, ["b shadowed_policy"]],
  [{ b: `${EDIT} when { principal.level > 1 }`, a: EDIT }, ["b shadowed_policy"]],
  [
    { a: `${EDIT} when { principal.level > 1 }`, b: `${EDIT} when { 1 < principal.level }` },
    ["b duplicate_policy"],
  ],
  [
    { a: `${EDIT} when { resource.owner == principal }`, b: `${EDIT} when { principal == resource.owner }` },
    ["b duplicate_policy"],
  ],
  [
    {
      a: 'permit (principal in Team::"t", action in Action::"write", resource)',
      b: 'permit (principal is User in Team::"t", action == Action::"edit", resource)',
    },
    ["b shadowed_policy"],
  ],
  [
    {
      a: 'permit (principal in Team::"t", action == Action::"edit", resource)',
      b: 'permit (principal is User in Team::"t", action, resource)',
    },
    ["a shadowed_policy"],
  ],
  [
    { a: `${EDIT} when { principal.level > 5 }`, b: `${EDIT} when { principal.level > 4 }` },
    ["a shadowed_policy"],
  ],
  [
    {
      a: `${EDIT} when { resource.size * 2 > 5 }`,
      b: `${EDIT} when { resource.size * 2 > 5 && principal.level > 1 }`,
    },
    ["b shadowed_policy"],
  ],
  [{ a: EDIT, b: `@obligation("log") ${EDIT} when { principal.level > 1 }` }, []],
  [
    { a: `@obligation("log") ${EDIT}`, b: `@obligation("log") ${EDIT} when { principal.level > 1 }` },
    ["b shadowed_policy"],
  ],
  [
    { a: "forbid (principal, action, resource) when { principal is User }", b: EDIT },
    ["b permit_always_forbidden"],
  ],
  [
    { a: `forbid (principal, action, resource) when { principal is User && principal.level < 9 }`, b: EDIT },
    [],
  ],
];

for (const [policies, expected] of OVERLAPS) {
  test(`overlap of ${Object.values(policies).join(" and ")}`, () => {
    const text = Object.entries(policies)
      .map(([id, policy]) => `@id("${id}") @reason("r") ${policy};\n`)
      .join("");
    const found = lintFiles({ "schema.cedarschema": SCHEMA, "policies/p.cedar": text });
    const overlaps = found.filter(({ code }) => /^(shadowed|duplicate)_policy|always_forbidden/.test(code));
    assert.deepEqual(
      overlaps.map(({ code, policyId }) => `${policyId} ${code}`),
      expected,
    );
  });
}

test("without a schema, a forbid is told once what it takes for granted", () => {
  const found = lintFiles({
    "policies/p.cedar":
      '@id("p") @reason("r") forbid (principal, action, resource) when { principal.a == resource.b };',
  });
  assert.deepEqual(
    found.map(({ code, message }) => `${code}: ${message}`),
    ["forbid_can_error: this forbid can fail to be evaluated: `principal.a` errs where there is no `a`"],
  );
  const guarded = lintFiles({
    "policies/p.cedar":
      '@id("p") @reason("r") forbid (principal, action, resource) when { principal has a && principal.a == "x" };',
  });
  assert.deepEqual(guarded, []);
});
