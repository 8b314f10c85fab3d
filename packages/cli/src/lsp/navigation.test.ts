import assert from "node:assert/strict";
import { test } from "node:test";
import { clinic } from "./testing-internal/clinic.js";
import { Editor, type Position, placeText, positionOf } from "./testing-internal/editor.js";

interface Location {
  uri: string;
  range: { start: Position; end: Position };
}

interface TextEdit {
  newText: string;
  range: { start: Position; end: Position };
}

const editor = await Editor.open(clinic);
for (const path of Object.keys(clinic)) editor.write(path);

/** The offset within `sought`, of which `‸` is the place; only one text of the file is like it. */
function offsetOf(path: string, sought: string): number {
  const text = clinic[path] ?? "";
  const at = text.indexOf(sought.replace("‸", ""));
  assert.ok(at >= 0, `${sought} isn't in ${path}`);
  return at + sought.indexOf("‸");
}

const POLICIES = "policies/records.cedar";
const SCHEMA = "schema.cedarschema";

const definitions: [what: string, path: string, at: string, places: string[]][] = [
  ["a type", POLICIES, "principal is St‸aff, action ==", [`${SCHEMA}:2:8 Staff`]],
  ["an action", POLICIES, 'action == Action::"rec‸ord:read"', [`${SCHEMA}:27:8 "record:read"`]],
  ["a group of actions", POLICIES, 'in Action::"wri‸te"', [`${SCHEMA}:25:8 "write"`]],
  ["an attribute", POLICIES, "principal.lev‸el > 2", [`${SCHEMA}:5:3 level`]],
  ["an attribute's attribute", POLICIES, "patient.doc‸tor", [`${SCHEMA}:9:18 doctor`]],
  ["an enumerated entity", POLICIES, 'Kind::"no‸te"', [`${SCHEMA}:19:20 note`]],
  ["a type in the schema", SCHEMA, "doctor: St‸aff", [`${SCHEMA}:2:8 Staff`]],
  ["a common type", SCHEMA, "contact: Con‸tact", [`${SCHEMA}:20:6 Contact`]],
  ["a group in the schema", SCHEMA, 'in ["wri‸te"]', [`${SCHEMA}:25:8 "write"`]],
  ["a policy in a test", "tests/records.yaml", "[staff‸-read]", [`${POLICIES}:1:6 staff-read`]],
  ["a policy in a table", "tests/records.yaml", "allow, doctors‸-edit", [`${POLICIES}:5:6 doctors-edit`]],
  ["an action in a test", "tests/records.yaml", "action: record:re‸ad", [`${SCHEMA}:27:8 "record:read"`]],
  [
    "a template in the settings",
    "cordon.yaml",
    "template: shared-w‸ith",
    ["policies/shared.cedar:1:6 shared-with"],
  ],
  ["a type in the settings", "cordon.yaml", "patient: Pat‸ient", [`${SCHEMA}:9:8 Patient`]],
];

for (const [what, path, at, places] of definitions) {
  test(`definition of ${what}`, async () => {
    const found = await editor.at<Location[]>("textDocument/definition", path, offsetOf(path, at));
    assert.deepEqual(
      found.map((location) => placeText(editor.folder, location)),
      places,
    );
  });
}

test("definition of an entity is in the project's entities", async () => {
  const at = offsetOf("tests/records.yaml", "principal: Staff::a‸da");
  const [found] = await editor.at<Location[]>("textDocument/definition", "tests/records.yaml", at);
  assert.equal(
    found && placeText(editor.folder, found),
    'entities/people.json:2:12 { "type": "Staff", "id": "ada" }',
  );
});

const references: [what: string, path: string, at: string, places: string[]][] = [
  [
    "an attribute, and not another's of its name",
    SCHEMA,
    "lev‸el: Long",
    [`${POLICIES}:12:42 level`, `${POLICIES}:8:58 level`, `${SCHEMA}:5:3 level`],
  ],
  [
    "an action",
    SCHEMA,
    '"record:re‸ad"',
    [
      `${POLICIES}:3:39 Action::"record:read"`,
      'policies/shared.cedar:2:44 Action::"record:read"',
      `${SCHEMA}:27:8 "record:read"`,
      "tests/records.yaml:3:13 record:read",
    ],
  ],
  [
    "a policy",
    POLICIES,
    '@id("doctors‸-edit")',
    [
      `${POLICIES}:5:6 doctors-edit`,
      "tests/records.yaml:10:56 doctors-edit",
      "tests/records.yaml:11:55 doctors-edit",
    ],
  ],
  [
    "a template",
    "policies/shared.cedar",
    "shared‸-with",
    ["cordon.yaml:3:17 shared-with", "policies/shared.cedar:1:6 shared-with"],
  ],
];

for (const [what, path, at, places] of references) {
  test(`references of ${what}`, async () => {
    const found = await editor.at<Location[]>("textDocument/references", path, offsetOf(path, at), {
      context: { includeDeclaration: true },
    });
    const texts = found.map((location) => placeText(editor.folder, location)).sort();
    assert.deepEqual(texts, [...places].sort());
    const others = await editor.at<Location[]>("textDocument/references", path, offsetOf(path, at), {
      context: { includeDeclaration: false },
    });
    assert.equal(others.length, found.length - 1, "without its declaration it is one less");
  });
}

const hovers: [what: string, path: string, at: string, text: string][] = [
  [
    "an attribute",
    POLICIES,
    "principal.lev‸el > 2",
    "```cedar\nStaff.level: Long\n```\n\nFrom 1, for trainees, to 5.",
  ],
  [
    "a type",
    POLICIES,
    "resource is Rec‸ord)\nwhen { resource.patient",
    "```cedar\nentity Record in [Ward] {\n  patient: Patient,\n  kind: Kind,\n  draft: Bool,\n  fee: decimal,\n}\n```\n\nWhat is known of a patient.",
  ],
  [
    "an action",
    POLICIES,
    'action == Action::"rec‸ord:read"',
    '```cedar\naction Action::"record:read" appliesTo {\n  principal: [Staff, Patient],\n  resource: [Record],\n  context: { now: datetime, ip?: ipaddr }\n}\n```\n\nLooks at a record.',
  ],
  ["a variable", POLICIES, "when { reso‸urce.patient", "```cedar\nresource: Record\n```"],
  [
    "a common type",
    SCHEMA,
    "contact: Con‸tact",
    "```cedar\ntype Contact = { street: String, phone?: String }\n```",
  ],
  [
    "a policy, by its reason",
    "tests/records.yaml",
    "[staff‸-read]",
    "**permit** `staff-read`\n\nStaff read the records of their wards.\n\npolicies/records.cedar:3",
  ],
];

for (const [what, path, at, text] of hovers) {
  test(`hover over ${what}`, async () => {
    const hover = await editor.at<{ contents: { value: string } }>(
      "textDocument/hover",
      path,
      offsetOf(path, at),
    );
    assert.equal(hover?.contents.value, text);
  });
}

type WorkspaceEdit = { changes: Record<string, TextEdit[]> };

/** Every file that changes, as it is afterwards. */
function applied({ changes }: WorkspaceEdit): Record<string, string> {
  return Object.fromEntries(
    Object.entries(changes).map(([uri, edits]) => {
      const path = Object.keys(clinic).find((name) => editor.uri(name) === uri) ?? uri;
      const lines = (clinic[path] ?? "").split("\n");
      for (const { range, newText } of [...edits].sort((a, b) => b.range.start.line - a.range.start.line)) {
        const { start, end } = range;
        assert.equal(start.line, end.line);
        const line = lines[start.line] ?? "";
        lines[start.line] = line.slice(0, start.character) + newText + line.slice(end.character);
      }
      return [path, lines.join("\n")];
    }),
  );
}

test("an id is renamed wherever the project names it", async () => {
  const at = offsetOf(POLICIES, '@id("doctors‸-edit")');
  const prepared = await editor.at<{ placeholder: string }>("textDocument/prepareRename", POLICIES, at);
  assert.equal(prepared.placeholder, "doctors-edit");
  const edit = await editor.at<WorkspaceEdit>("textDocument/rename", POLICIES, at, {
    newName: "own patients",
  });
  assert.deepEqual(applied(edit), {
    [POLICIES]: clinic[POLICIES]?.replace("doctors-edit", "own patients"),
    "tests/records.yaml": clinic["tests/records.yaml"]?.replaceAll("doctors-edit", '"own patients"'),
  });
});

test("a template's id is renamed in its links", async () => {
  const edit = await editor.at<WorkspaceEdit>(
    "textDocument/rename",
    "cordon.yaml",
    offsetOf("cordon.yaml", "template: shared‸-with"),
    { newName: "given" },
  );
  assert.deepEqual(applied(edit), {
    "policies/shared.cedar": clinic["policies/shared.cedar"]?.replace("shared-with", "given"),
    "cordon.yaml": clinic["cordon.yaml"]?.replace("shared-with", "given"),
  });
});

test("a policy without an id gets one", async () => {
  const at = offsetOf(POLICIES, "for‸bid (");
  const edit = await editor.at<WorkspaceEdit>("textDocument/rename", POLICIES, at, { newName: "drafts" });
  assert.deepEqual(applied(edit), {
    [POLICIES]: clinic[POLICIES]?.replace("forbid (", '@id("drafts")\nforbid ('),
  });
});

for (const [newName, message] of [
  ["staff-read", "there is a policy `staff-read` already, at policies/records.cedar:3"],
  ["pat-reads-north", "there is a policy `pat-reads-north` already, in cordon.yaml"],
  [" ", "a policy's id can't be empty"],
] as const) {
  test(`no policy is renamed to \`${newName}\``, async () => {
    const at = offsetOf(POLICIES, '@id("doctors‸-edit")');
    await assert.rejects(editor.at("textDocument/rename", POLICIES, at, { newName }), { message });
  });
}

test("nothing but ids is renamed", async () => {
  const at = offsetOf(POLICIES, "principal.lev‸el > 2");
  assert.equal(await editor.at("textDocument/prepareRename", POLICIES, at), null);
});

test("policies and declarations are listed", async () => {
  interface Listed {
    name: string;
    detail: string;
    children: Listed[];
    selectionRange: { start: Position };
  }
  const policies = await editor.about<Listed[]>("textDocument/documentSymbol", POLICIES);
  assert.deepEqual(
    policies.map(({ name, detail }) => [name, detail]),
    [
      ["staff-read", "Staff read the records of their wards."],
      ["doctors-edit", "A doctor edits the records of their own patients."],
      ["records#2", ""],
    ],
  );
  assert.deepEqual(
    policies[1]?.selectionRange.start,
    positionOf(clinic[POLICIES] ?? "", offsetOf(POLICIES, "‸doctors-edit")),
  );
  const declared = await editor.about<Listed[]>("textDocument/documentSymbol", SCHEMA);
  assert.deepEqual(
    declared.map(({ name }) => name),
    [
      "Staff",
      "Patient",
      "Team",
      "Ward",
      "Record",
      "Kind",
      "Contact",
      "write",
      "record:read",
      "record:edit",
      "record:sign",
    ],
  );
  assert.deepEqual(
    declared[0]?.children.map(({ name, children }) => [name, children.length]),
    [
      ["name", 0],
      ["level", 0],
      ["shift", 2],
      ["badge no", 0],
    ],
  );
});

test("a file is formatted as `cordon fmt` does, and one with faults isn't touched", async () => {
  const path = "policies/shared.cedar";
  const [edit] = await editor.about<TextEdit[]>("textDocument/formatting", path, { options: { tabSize: 2 } });
  assert.equal(
    edit?.newText,
    '@id("shared-with")\npermit (\n  principal == ?principal,\n  action == Action::"record:read",\n  resource in ?resource\n);\n',
  );
  editor.write(path, "permit (principal, action;");
  assert.deepEqual(await editor.about("textDocument/formatting", path, { options: { tabSize: 2 } }), []);
  editor.write(path, clinic[path]);
});
