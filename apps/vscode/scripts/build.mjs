// Makes dist/extension.cjs, which is all of the extension's code, and copies the JSON Schema of settings beside it.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../", import.meta.url));

await build({
  absWorkingDir: folder,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.cjs",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  external: ["vscode"],
  minify: true,
  legalComments: "none",
});
const schema = "schemas/cordon.schema.json";
cpSync(fileURLToPath(new URL(`../../../${schema}`, import.meta.url)), `${folder}dist/${schema}`);
