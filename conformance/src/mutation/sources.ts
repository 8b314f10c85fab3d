import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Mutant, mutantsOf } from "./mutants.js";

const engine = new URL("../../../packages/engine/src/", import.meta.url);
export const PAGE = fileURLToPath(new URL("../../../docs/mutation-testing.md", import.meta.url));

/** What every path of the engine rests on: the operators, and the combination of policies. */
export function mutatedFiles(): { file: string; text: string }[] {
  const operators = readdirSync(new URL("ops/", engine))
    .filter((name) => name.endsWith(".ts") && !/\.test\.ts$|^(index|types)\.ts$/.test(name))
    .sort();
  const files = ["allows.ts", "authorize.ts", ...operators.map((name) => `ops/${name}`)];
  return files.map((file) => ({ file, text: readFileSync(new URL(file, engine), "utf8") }));
}

export function allMutants(): Mutant[] {
  return mutatedFiles().flatMap(({ file, text }) => mutantsOf(file, text));
}
