import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { settingsJsonSchema } from "@cordon/pdp/project";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { testsJsonSchema } from "./format.js";

const ROOT = new URL("../../../../", import.meta.url);

const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

for (const [name, schema] of Object.entries({ cordon: settingsJsonSchema(), tests: testsJsonSchema() })) {
  test(`schemas/${name}.schema.json is current`, () => {
    const written = JSON.parse(read(`schemas/${name}.schema.json`));
    assert.deepEqual(written, schema, "run `node scripts/write-schemas.mjs`");
  });
}

test("an editor accepts the help desk's files by the schemas, and finds a slip", () => {
  const ajv = new Ajv2020({ strict: false });
  const tests = ajv.compile(testsJsonSchema());
  const folder = "examples/helpdesk/tests/";
  for (const name of readdirSync(new URL(folder, ROOT)).filter((file) => file.endsWith(".yaml"))) {
    assert.ok(tests(parse(read(folder + name))), `${name}: ${JSON.stringify(tests.errors)}`);
  }
  assert.equal(tests({ cases: [{ principal: "User::ann", expct: "allow" }] }), false);
  const settings = ajv.compile(settingsJsonSchema());
  assert.ok(settings(parse(read("examples/helpdesk/cordon.yaml"))), JSON.stringify(settings.errors));
  assert.equal(settings({ log: { mode: "sometimes" } }), false);
});
