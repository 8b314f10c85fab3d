// Writes schemas/*.json from the shapes that files are read by. A test of @cordon/analysis says when they are stale.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testsJsonSchema } from "@cordon/analysis/policy-tests";
import { settingsJsonSchema } from "@cordon/pdp/project";

const folder = fileURLToPath(new URL("../schemas/", import.meta.url));
mkdirSync(folder, { recursive: true });
const schemas = { cordon: settingsJsonSchema(), tests: testsJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(`${folder}${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
execFileSync("npx", ["biome", "format", "--write", folder], { stdio: "ignore" });
