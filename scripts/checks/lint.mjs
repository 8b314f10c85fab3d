import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { root } from "../testing/workspaces.mjs";

/** Lint rules and format; warnings count, because nobody reads a warning twice. */
export async function check() {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "check", ".", "--error-on-warnings", "--max-diagnostics=50", "--colors=off"];
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) return { passed: 0, failures: [{ title: "biome check", detail: output }], notes: [] };
  return { passed: 1, failures: [], notes: [] };
}
