import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../process/paths.js";

/** What the figures depend on besides the code, in one line for the head of each section. */
export function environment(peers: readonly string[] = []): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = [`Node.js ${process.version}`, `Cordon ${cordonVersion()}`, ...peers];
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores (${model}), ${memory}, ${versions.join(", ")}.`;
}

/** Whoever reads the figures should know whether the machine had other work. */
export function busyNote(): string {
  const [load = 0] = loadavg();
  return `When the run ended the load average was ${load.toFixed(1)}; with nothing else on the machine it is about 1.`;
}

/** Of an installed package; many don't export their manifest, so it is read from its file. */
export function packageVersion(name: string): string {
  return JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;
}

function cordonVersion(): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
