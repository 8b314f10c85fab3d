import assert from "node:assert/strict";
import { test } from "node:test";
import { clinic } from "./testing-internal/clinic.js";
import { Editor, withCursor } from "./testing-internal/editor.js";

interface Item {
  label: string;
  detail?: string;
  documentation?: { value: string };
  textEdit: { newText: string; range: { start: { character: number }; end: { character: number } } };
}

const editor = await Editor.open(clinic);

async function complete(path: string, marked: string): Promise<Item[]> {
  const { text, offset } = withCursor(marked);
  editor.write(path, text);
  return (await editor.at<Item[] | null>("textDocument/completion", path, offset)) ?? [];
}

const labels = (items: readonly Item[]) => items.map(({ label }) => label);

const SCOPE = 'permit (principal is Staff, action == Action::"record:edit", resource)';
const ANY = "permit (principal, action, resource)";

/** Where the cursor is, what comes first and in this order, and what mustn't come at all. */
const policies: [what: string, marked: string, first: string[], never?: string[]][] = [
  ["the start of a file", "‸", ["forbid", "permit"], ["principal", "when"]],
  ["after an annotation", '@id("x")\n‸', ["forbid", "permit"]],
  ["an annotation's name", `@‸\n${ANY};`, ["id", "lint_allow", "obligation", "reason"]],
  ["a lint in its annotation", `@lint_allow("mis‸")\n${ANY};`, [], ["permit"]],
  ["the first part of a scope", "permit (‸", ["principal"], ["action"]],
  ["the second part", "permit (principal, ‸", ["action"], ["principal"]],
  ["the third part", "permit (principal, action, ‸)", ["resource"], ["principal"]],
  ["an operator for a principal", "permit (principal ‸, action, resource);", ["==", "in", "is"]],
  ["an operator for an action", "permit (principal, action ‸, resource);", ["==", "in"], ["is"]],
  [
    "types of principals",
    "permit (principal is ‸, action, resource);",
    ["Patient", "Staff"],
    ["Record", "Team"],
  ],
  [
    "types of principals of an action",
    'permit (principal is ‸, action == Action::"record:edit", resource);',
    ["Staff"],
    ["Patient"],
  ],
  ["groups that a principal can be in", "permit (principal in ‸, action, resource);", [], ['Record::"r-1"']],
  ["principals", "permit (principal == ‸, action, resource);", ['Patient::"pat"', 'Staff::"ada"']],
  ["ids of a type", 'permit (principal == Staff::"‸", action, resource);', ["ada"], ["pat"]],
  [
    "ids, nobody having closed the string",
    'permit (principal == Staff::"a‸, action, resource);',
    ["ada"],
    ["pat"],
  ],
  [
    "actions of a principal's type",
    "permit (principal is Patient, action == ‸, resource);",
    ['Action::"record:read"'],
  ],
  [
    "actions in a list",
    'permit (principal, action in [Action::"record:read", ‸], resource);',
    ['Action::"record:edit"'],
  ],
  ["ids of actions", 'permit (principal, action == Action::"‸", resource);', ["record:edit", "record:read"]],
  ["after a scope", `${ANY} ‸`, ["unless", "when"], ["principal"]],
  ["variables", `${ANY} when { ‸ };`, ["action", "context", "principal", "resource"]],
  [
    "attributes by the scope",
    `${SCOPE} when { principal.‸ };`,
    ["level", "name", "shift", "getTag", "hasTag"],
    ["doctor"],
  ],
  [
    "attributes of several types",
    `${ANY} when { principal.‸ };`,
    ["allergies", "contact", "doctor", "level", "name"],
  ],
  [
    "attributes of a value's type",
    `${SCOPE} when { resource.patient.doctor.‸ };`,
    ["level", "name", "shift"],
  ],
  ["attributes of a record in a record", `${ANY} when { resource.patient.contact.‸ };`, ["phone", "street"]],
  ["the context of an action", `${SCOPE} when { context.‸ };`, ["device", "now"], ["ip"]],
  ["the context of any action, what all have first", `${ANY} when { context.‸ };`, ["now", "device", "ip"]],
  ["a member of the context", `${SCOPE} when { context.device.‸ };`, ["managed"]],
  ["methods of a moment", `${ANY} when { context.now.‸ };`, ["durationSince", "offset", "toDate", "toTime"]],
  [
    "methods of a method's result",
    `${ANY} when { context.now.toTime().‸ };`,
    ["toDays", "toHours"],
    ["toTime"],
  ],
  ["methods of a set", `${ANY} when { resource.patient.allergies.‸ };`, ["contains", "containsAll"]],
  ["methods of a decimal", `${ANY} when { resource.fee.‸ };`, ["greaterThan", "greaterThanOrEqual"]],
  ["methods of a constructor's result", `${ANY} when { ip("10.0.0.1").‸ };`, ["isInRange", "isIpv4"]],
  ["optional attributes after has", `${SCOPE} when { principal has ‸ };`, ["shift", "level", "name"]],
  ["a name that is begun", `${SCOPE} when { principal.le‸ };`, ["level"]],
  [
    "by a type in the condition",
    `${ANY} when { principal is Patient && principal.‸ };`,
    ["allergies"],
    ["level"],
  ],
  [
    "behind an or, no longer",
    `${ANY} when { principal is Patient || principal.‸ };`,
    ["allergies", "contact"],
  ],
  ["in a then", `${ANY} when { if principal is Staff then principal.‸ };`, ["level"], ["doctor"]],
  ["in an else", `${ANY} when { if principal is Staff then true else principal.‸ };`, ["allergies"]],
  [
    "by the clause before",
    `${ANY} when { principal is Staff } unless { principal.‸ };`,
    ["level"],
    ["doctor"],
  ],
  ["types after is", `${ANY} when { principal is ‸ };`, ["Kind", "Patient"]],
  [
    "entities to be compared with",
    `${ANY} when { resource.patient == ‸ };`,
    ['Patient::"pat"'],
    ['Staff::"ada"'],
  ],
  ["enumerated entities", `${ANY} when { resource.kind == ‸ };`, ['Kind::"note"', 'Kind::"scan"']],
  ["actions to be compared with", `${ANY} when { action == ‸ };`, ['Action::"record:edit"']],
  ["an operator for an entity", `${ANY} when { principal ‸ };`, ["&&", "||", "==", "!="]],
  ["no membership of a number", `${SCOPE} when { principal.level ‸ };`, ["&&"], ["in", "has", "is"]],
  ["behind a broken policy", `permit (principal is;\n${SCOPE} when { principal.‸ };`, ["level"], ["doctor"]],
  ["before a broken policy", `${SCOPE} when { principal.‸ };\npermit (principal == "`, ["level"], ["doctor"]],
  ["with nothing closed", `${SCOPE} when { (principal.‸`, ["level"], ["doctor"]],
  ["an attribute in brackets", `${SCOPE} when { principal["‸"] };`, ["badge no"]],
];

for (const [what, marked, first, never = []] of policies) {
  test(`policies: ${what}`, async () => {
    const found = labels(await complete("policies/records.cedar", marked));
    assert.deepEqual(found.slice(0, first.length).sort(), [...first].sort(), found.join(" "));
    for (const label of never) assert.ok(!found.includes(label), `\`${label}\` in ${found.join(" ")}`);
  });
}

for (const [what, marked] of [
  ["a comment", `// principal.‸\n${ANY};`],
  ["the comment behind code", `${ANY}; // prin‸`],
  ["a number", `${ANY} when { 1‸ };`],
  ["a text", `${ANY} when { "abc‸" == principal.name };`],
] as const) {
  test(`policies: nothing in ${what}`, async () => {
    assert.deepEqual(labels(await complete("policies/records.cedar", marked)), []);
  });
}

test("an attribute comes with its type, its comment, and who has it", async () => {
  const items = await complete("policies/records.cedar", `${ANY} when { principal.‸ };`);
  const level = items.find(({ label }) => label === "level");
  assert.equal(level?.detail, "level: Long (only Staff)");
  assert.equal(level?.documentation?.value, "From 1, for trainees, to 5.");
});

test("what is typed already is replaced, behind the cursor too", async () => {
  const [item] = await complete("policies/records.cedar", `${SCOPE} when { principal.le‸vel > 1 };`);
  const start = `${SCOPE} when { principal.`.length;
  assert.deepEqual(item?.textEdit, {
    newText: "level",
    range: { start: { line: 0, character: start }, end: { line: 0, character: start + 5 } },
  });
});

const schema = clinic["schema.cedarschema"] ?? "";
const schemas: [what: string, marked: string, first: string[], never?: string[]][] = [
  ["a declaration", `${schema}‸`, ["action", "entity", "namespace", "type"], ["Staff"]],
  ["parents", `${schema}entity A in ‸;`, ["A", "Kind", "Patient"], ["Contact", "Long"]],
  ["a type of an attribute", `${schema}entity A { b: ‸ };`, ["A", "Contact", "Kind"]],
  [
    "an attribute's type in the middle",
    schema.replace("patient: Patient,", "patient: ‸,"),
    ["Contact", "Kind"],
  ],
  ["the type in a set", `${schema}type T = Set<‸>;`, ["Contact", "Kind"], ["in"]],
  ["after a name", `${schema}entity A ‸`, ["enum", "in", "tags"]],
  ["groups of an action", `${schema}action x in ‸;`, ["write", "x"], ["Staff"]],
  ["a group in quotes", `${schema}action x in ["‸"];`, ["write"], ["Staff"]],
  ["what an action applies to", `${schema}action x appliesTo { ‸ }`, ["principal", "resource", "context"]],
  ["its principals", `${schema}action x appliesTo { principal: [‸] }`, ["Kind", "Patient"], ["Contact"]],
  [
    "its context",
    `${schema}action x appliesTo { principal: [Staff], resource: [Team], context: ‸`,
    ["{ … }", "Contact"],
  ],
  ["within a namespace, without its name", "namespace A { entity B; entity C in ‸; }", ["B", "C"], ["A::B"]],
];

for (const [what, marked, first, never = []] of schemas) {
  test(`schema: ${what}`, async () => {
    const found = labels(await complete("schema.cedarschema", marked));
    editor.write("schema.cedarschema", schema);
    assert.deepEqual(found.slice(0, first.length), first, found.join(" "));
    for (const label of never) assert.ok(!found.includes(label), `\`${label}\` in ${found.join(" ")}`);
  });
}

const tests = clinic["tests/records.yaml"] ?? "";
const settings = clinic["cordon.yaml"] ?? "";
const yaml: [what: string, path: string, marked: string, first: string[], never?: string[]][] = [
  [
    "principals",
    "tests/records.yaml",
    tests.replace("Staff::ada\n", "‸\n"),
    ["Patient::pat", "Staff::ada"],
    ["Record::r-1"],
  ],
  [
    "a resource that is begun",
    "tests/records.yaml",
    tests.replace("Record::r-1\n", "Rec‸\n"),
    ["Record::r-1"],
    ["Staff::ada"],
  ],
  [
    "actions",
    "tests/records.yaml",
    tests.replace("record:read", "‸"),
    ["record:edit", "record:read"],
    ["write"],
  ],
  [
    "ids of policies",
    "tests/records.yaml",
    tests.replace("[staff-read]", "[‸]"),
    ["doctors-edit", "records#2"],
    ["shared-with"],
  ],
  ["decisions", "tests/records.yaml", tests.replace("decision: allow", "decision: ‸"), ["allow", "deny"]],
  [
    "keys of a case",
    "tests/records.yaml",
    tests.replace("    expect", "    ‸\n    expect"),
    ["context", "entities"],
    ["action"],
  ],
  ["keys of a file", "tests/records.yaml", `${tests}‸`, ["defaults", "description"], ["cases", "tables"]],
  [
    "columns",
    "tests/records.yaml",
    tests.replace("resource, expect", "resource, ‸, expect"),
    ["action"],
    ["Staff::ada"],
  ],
  [
    "a cell by its column",
    "tests/records.yaml",
    `${tests}      - [‸`,
    ["Patient::pat", "Staff::ada"],
    ["record:read"],
  ],
  [
    "a policy in a cell",
    "tests/records.yaml",
    `${tests}      - [~, ~, ~, deny, [‸`,
    ["doctors-edit"],
    ["Staff::ada"],
  ],
  [
    "members of the context",
    "tests/records.yaml",
    tests.replace("    expect", "    context: { ‸ }\n    expect"),
    ["device", "ip", "now"],
  ],
  [
    "entities",
    "tests/records.yaml",
    tests.replace("    expect", "    entities:\n      ‸\n    expect"),
    ["Patient::pat"],
  ],
  ["keys of settings", "cordon.yaml", `${settings}‸`, ["check", "entities", "fields"], ["links", "types"]],
  ["values of a setting", "cordon.yaml", `${settings}log: { mode: ‸ }`, ["buffered", "durable", "off"]],
  [
    "templates",
    "cordon.yaml",
    settings.replace("template: shared-with", "template: ‸"),
    ["shared-with"],
    ["staff-read"],
  ],
  ["types", "cordon.yaml", settings.replace("patient: Patient", "patient: ‸"), ["Kind", "Patient"]],
];

for (const [what, path, marked, first, never = []] of yaml) {
  test(`YAML: ${what}`, async () => {
    editor.write("policies/records.cedar", clinic["policies/records.cedar"]);
    const found = labels(await complete(path, marked));
    editor.write(path, clinic[path]);
    assert.deepEqual(found.slice(0, first.length), first, found.join(" "));
    for (const label of never) assert.ok(!found.includes(label), `\`${label}\` in ${found.join(" ")}`);
  });
}

test("the last good schema serves while the schema is broken", async () => {
  editor.write(
    "schema.cedarschema",
    schema.replace("level: Long,", "level: ,,").replace("entity Record", "entity"),
  );
  const found = labels(await complete("policies/records.cedar", `${SCOPE} when { resource.‸ };`));
  editor.write("schema.cedarschema", schema);
  assert.deepEqual(found.slice(0, 4), ["draft", "fee", "kind", "patient"]);
});
