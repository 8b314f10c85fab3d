import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../process/paths.js";

const require = createRequire(import.meta.url);

/** What the figures depend on besides the code, in one line for the head of each section. */
export function environment(peers: readonly string[] = []): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = [`Node.js ${process.version}`, `Cordon ${cordonVersion()}`, ...peers];
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores (${model}), ${memory}, ${versions.join(", ")}.`;
}

export function packageVersion(name: string): string {
  return JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")).version;
}

function cordonVersion(): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
