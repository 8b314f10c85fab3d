import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ENTITIES, OFFICE, type ProjectText, SCHEMA, tempProject } from "../testing-internal/temp-project.js";
import { checkProject } from "./check-project.js";
import { openProject } from "./open-project.js";
import { ProjectError } from "./project-error.js";

/** `code file:line:column "underlined" message | help` of each diagnostic. */
async function found(t: TestContext, files: ProjectText, prepare?: (dir: string) => Promise<unknown>) {
  const directory = await tempProject(t, files);
  await prepare?.(directory);
  const { diagnostics, texts } = await checkProject(directory);
  return diagnostics.map(({ code, file, range, message, help }) => {
    const at = range === undefined ? file : `${file}:${range.start.line}:${range.start.column}`;
    const underlined = range && JSON.stringify(texts.get(file)?.slice(range.start.offset, range.end.offset));
    return [`${code} ${at}`, underlined, message, help].filter((part) => part !== undefined).join(" | ");
  });
}

const PERMIT = { "policies/a.cedar": "permit (principal, action, resource);" };

test("a good project is summed up", async (t) => {
  const directory = await tempProject(t, OFFICE);
  const { diagnostics, summary, bundle } = await checkProject(directory);
  assert.deepEqual(diagnostics, []);
  assert.equal(bundle?.id.length, 64);
  assert.deepEqual(summary, {
    policyFiles: 1,
    policies: 6,
    hasSchema: true,
    entityFiles: 1,
    entities: 5,
    errors: 0,
    warnings: 0,
  });
});

test("a mistake in the settings is placed and helped", async (t) => {
  const rows: [string, string[]][] = [
    [
      "verison: 1",
      [
        'settings_unknown_key cordon.yaml:1:1 | "verison" | unknown setting `verison` | did you mean `version`?',
      ],
    ],
    [
      "log:\n  mode: durable\n  queu: 5\n",
      ['settings_unknown_key cordon.yaml:3:3 | "queu" | unknown setting `log.queu` | did you mean `queue`?'],
    ],
    [
      "log:\n  mode: fast\n",
      [
        'settings_invalid cordon.yaml:2:9 | "fast" | `log.mode` must be `durable` or `buffered` or `off` | `durable` writes each decision to disk before its answer leaves',
      ],
    ],
    [
      "log: off\n",
      [
        'settings_invalid cordon.yaml:1:6 | "off" | `log` must be a mapping | cordon.yaml can have `version`, `policies`, `schema`, `entities`, `log`, `store`, `types`, `links`, `sources`, `identity`, `fields`, `rls`, `resolve`, `server`, `check`',
      ],
    ],
    [
      "server: { port: 70000 }\n",
      [
        'settings_invalid cordon.yaml:1:17 | "70000" | `server.port` must be at most 65535 | `server` can have `host`, `port`, `tls`',
      ],
    ],
    [
      "log:\n  redact:\n    - attribute: context.ip\n",
      [
        'settings_invalid cordon.yaml:3:7 | "attribute: context.ip" | `log.redact[0].how` must be `hash` or `omit` | `log.redact[0]` can have `attribute`, `how`',
      ],
    ],
    [
      "log:\n  retention: { maxAge: soon }\n",
      [
        'settings_invalid cordon.yaml:2:24 | "soon" | `log.retention.maxAge` must be a length of time such as "90d", "12h" or "2w" | `log.retention` can have `maxAge`, `maxSize`',
      ],
    ],
    [
      "- 1\n",
      [
        'settings_invalid cordon.yaml:1:1 | "- 1" | the settings must be a mapping | write one setting a line, such as `version: 1`; https://yaml.org/spec/1.2.2 has the syntax of YAML',
      ],
    ],
    [
      'store:\n  path: "abc\nlog:\n  mode: durable\n',
      [
        'yaml_missing_char cordon.yaml:2:9 | "\\"abc" | missing closing "quote | close this quote, or take it away',
      ],
    ],
    [
      "version: 1\nlog: { mode: durable\n\n",
      [
        'yaml_bad_indent cordon.yaml:2:6 | "{ mode: durable" | flow map in block collection must be sufficiently indented and end with a } | close this bracket, or take it away',
      ],
    ],
    [
      "version: 1\nversion: 1\n",
      ['yaml_duplicate_key cordon.yaml:2:1 | "version" | map keys must be unique | keep one of the two'],
    ],
    [
      "schema: other.cedarschema\n",
      [
        'path_missing cordon.yaml:1:9 | "other.cedarschema" | `other.cedarschema`, which the setting `schema` names, is not a Cedar schema file | paths in cordon.yaml start at the project folder',
      ],
    ],
  ];
  for (const [yaml, expected] of rows) {
    await t.test(yaml.replaceAll("\n", " "), async (t) => {
      assert.deepEqual(await found(t, { ...PERMIT, "cordon.yaml": yaml }), expected);
    });
  }
  await t.test("broken syntax", async (t) => {
    const [only, ...others] = await found(t, { ...PERMIT, "cordon.yaml": "log: {\n  mode: [\n" });
    assert.match(only ?? "", /^yaml_\w+ cordon\.yaml:\d+:\d+/);
    assert.ok(others.length < 3);
  });
  await t.test("empty settings are the defaults", async (t) => {
    assert.deepEqual(await found(t, { ...PERMIT, "cordon.yaml": "# nothing yet\n" }), []);
  });
});

test("an alias within the value that it repeats is named as such", async (t) => {
  assert.deepEqual(await found(t, { ...PERMIT, "cordon.yaml": "links: &x [*x]\n" }), [
    'yaml_alias cordon.yaml:1:1 | "links: &x [*x]" | an alias repeats what it stands in | write the repeated value out instead of using an alias',
  ]);
});

test("an alias for a type that the schema has not is placed and helped", async (t) => {
  const aliased = { ...OFFICE, "cordon.yaml": "types:\n  user: User\n  doc: Docs\n" };
  assert.deepEqual(await found(t, aliased), [
    'settings_unknown_type cordon.yaml:3:8 | "Docs" | the schema has no entity type `Docs` | did you mean `Doc`?',
  ]);
});

test("a link that fits no template is placed in the settings", async (t) => {
  const [only] = await found(t, { ...PERMIT, "cordon.yaml": "links:\n  - template: nope\n    id: x\n" });
  assert.match(only ?? "", /^\w+ cordon\.yaml:2:\d+ \| /);
});

test("a mistake in an entity file is placed and helped", async (t) => {
  const office = (text: string): ProjectText => ({ ...OFFICE, "entities/office.json": text });
  const broken = await found(t, office('[\n  { "uid": { "type": "User" "id": "a" } }\n]'));
  assert.match(broken[0] ?? "", /^\w+ entities\/office\.json:2:29 /);
  const object = await found(t, office("{}"));
  assert.match(object[0] ?? "", /^entities_not_list entities\/office\.json:1:1 \| "{}"/);
  const duplicateKey = await found(t, office('[{ "uid": { "type": "Vault", "id": "v" },\n "uid": 1 }]'));
  assert.match(duplicateKey[0] ?? "", /^\w+ entities\/office\.json:2:2 /);
  const illTyped = await found(
    t,
    office('[\n{ "uid": { "type": "User", "id": "a" },\n  "attrs": { "age": "old" }, "parents": [] }]'),
  );
  assert.match(illTyped[0] ?? "", /^\w+ entities\/office\.json:3:21 \| "\\"old\\""/);
  const misspelt = await found(
    t,
    office('[{ "uid": { "type": "User", "id": "a" }, "attrs": { "agee": 1 } }]'),
  );
  assert.match(misspelt[0] ?? "", /^\w+ entities\/office\.json:1:\d+ .* \| did you mean `age`\?$/);
  const unknown = await found(
    t,
    office('[\n{ "uid": { "type": "Robot", "id": "a" }, "attrs": {}, "parents": [] }]'),
  );
  assert.match(unknown[0] ?? "", /^\w+ entities\/office\.json:2:\d+ .*Robot/);
  const twice = await found(t, { ...OFFICE, "entities/z.json": ENTITIES });
  assert.equal(twice.length, 5);
  assert.match(
    twice[0] ?? "",
    /^duplicate_entity entities\/z\.json:3:12 .*`Group::"everyone"` is already defined in entities\/office\.json, item 1/,
  );
});

test("a cycle among parents names the entity", async (t) => {
  const entities = `[
  { "uid": { "type": "Group", "id": "a" }, "attrs": {}, "parents": [{ "type": "Group", "id": "b" }] },
  { "uid": { "type": "Group", "id": "b" }, "attrs": {}, "parents": [{ "type": "Group", "id": "a" }] }
]`;
  const [only, ...others] = await found(t, { ...OFFICE, "entities/office.json": entities });
  assert.match(only ?? "", /^entity_cycle entities\/office\.json:[23]:\d+/);
  assert.deepEqual(others, []);
});

test("everything wrong in all files comes at once", async (t) => {
  const all = await found(t, {
    "policies/a.cedar": "permit (principal, action, resource)",
    "policies/b.cedar": "permit (principal, action, resource) when { principal.nope };",
    "schema.cedarschema": SCHEMA,
    "entities/a.json": "[",
    "cordon.yaml": "colour: red",
  });
  const files = new Set(all.map((line) => line.split(" ")[1]?.split(":")[0]));
  for (const file of ["policies/a.cedar", "policies/b.cedar", "entities/a.json", "cordon.yaml"]) {
    assert.ok(files.has(file), `${file} in ${all.join("\n")}`);
  }
  const schema = await found(t, { ...PERMIT, "schema.cedarschema": "entity User = {" });
  assert.match(schema[0] ?? "", / schema\.cedarschema:1:\d+/);
});

test("what can't be read is said", async (t) => {
  const directory = await tempProject(t, {});
  await assert.rejects(
    checkProject(join(directory, "nowhere")),
    (e) => e instanceof ProjectError && e.code === "project_missing",
  );
  assert.match((await found(t, {}))[0] ?? "", /^no_policies \. \| the project has no policies/);
  assert.match(
    (await found(t, {}, (dir) => mkdir(join(dir, "policies"))))[0] ?? "",
    /^no_policies policies \| there is no policy in `policies\/`/,
  );
  assert.match(
    (await found(t, PERMIT, (dir) => mkdir(join(dir, "policies/dir.cedar"))))[0] ?? "",
    /^directory_named_like_file policies\/dir\.cedar/,
  );
  assert.match(
    (await found(t, { ...PERMIT, "policies/b.cedar": new Uint8Array([0x70, 0xff, 0x80]) }))[0] ?? "",
    /^file_not_utf8 policies\/b\.cedar:1:2 \| "\ufffd" \| .*save the file as UTF-8$/,
  );
  assert.match(
    (await found(t, PERMIT, (dir) => symlink("nothing", join(dir, "policies/b.cedar"))))[0] ?? "",
    /^file_unreadable policies\/b\.cedar \| `policies\/b\.cedar` is not there/,
  );
  for (const name of ["policies", "entities", "schema.cedarschema", "cordon.yaml"]) {
    const dangling = await found(t, { "a.cedar": PERMIT["policies/a.cedar"] }, (dir) =>
      symlink("nothing", join(dir, name)),
    );
    assert.deepEqual(dangling, [
      `file_unreadable ${name} | \`${name}\` is not there | it may be a symbolic link to something that was moved`,
    ]);
  }
  assert.match((await found(t, { ...PERMIT, entities: "x" }))[0] ?? "", /^not_a_folder entities \| /);
  assert.match(
    (await found(t, { ...PERMIT, "cordon.yml": "version: 1" }))[0] ?? "",
    /^settings_not_read cordon\.yml/,
  );
  assert.deepEqual(await found(t, PERMIT, (dir) => symlink(dir, join(dir, "policies/loop"))), []);
});

test("a folder of nothing but policies is a project, however deep they are", async (t) => {
  const directory = await tempProject(t, {
    "a.cedar": "permit (principal, action, resource);",
    "team/b.cedar": "permit (principal, action, resource); forbid (principal, action, resource);",
    "node_modules/x/c.cedar": "nonsense",
    ".git/d.cedar": "nonsense",
  });
  const { bundle, diagnostics } = await checkProject(directory);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(Object.keys(bundle?.sources ?? {}).sort(), ["a#0", "team/b#0", "team/b#1"]);
});

test("policies beside policies/ are warned about", async (t) => {
  const [only] = await found(t, { ...PERMIT, "extra.cedar": "forbid (principal, action, resource);" });
  assert.equal(
    only,
    "policy_not_read extra.cedar | `extra.cedar` is not read: the policies of this project are in `policies/` | move the file into `policies/`",
  );
});

test("an invalid project can't be opened, and the error renders each mistake", async (t) => {
  const directory = await tempProject(t, { "policies/a.cedar": "permit (principal, action, resource" });
  await assert.rejects(openProject(directory, { log: false }), (error) => {
    assert.ok(error instanceof ProjectError);
    assert.equal(error.code, "project_invalid");
    assert.match(error.render(), /policies\/a\.cedar:1:\d+/);
    return true;
  });
});
