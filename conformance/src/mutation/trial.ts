import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { corpus } from "./corpus.js";
import type { Mutant } from "./mutants.js";

const engine = fileURLToPath(new URL("../../../packages/engine/dist/", import.meta.url));
const HOOK = new URL("./hook.js", import.meta.url).href;

/** An endless loop is found out by the tests as well as a wrong answer. */
const TIMEOUT_MS = 60_000;

/** Tests in the order in which they are tried: the quickest find most. */
const TESTS: readonly { readonly path: string; readonly env: Readonly<Record<string, string>> }[] = [
  { path: join(engine, "ops/operators.test.js"), env: {} },
  { path: join(engine, "authorize-each-path.test.js"), env: {} },
  { path: join(engine, "ops/edges.test.js"), env: {} },
  { path: join(engine, "authorize.test.js"), env: {} },
  { path: join(engine, "interpret/evaluate.test.js"), env: {} },
  { path: join(engine, "ops/laws.test.js"), env: { CORDON_RUNS: "200", CORDON_SEED: "1" } },
  { path: join(engine, "value/extension-values.test.js"), env: { CORDON_RUNS: "100", CORDON_SEED: "1" } },
  { path: join(engine, "policy/scope-index.test.js"), env: { CORDON_RUNS: "100", CORDON_SEED: "1" } },
];

/** Cedar's own answers, compared on every path: made once, asked of each mutant that the tests leave alive. */
const CORPUS = join(tmpdir(), `cordon-corpus-${process.pid}.json`);
const CHECK_CORPUS = fileURLToPath(new URL("./check-corpus.js", import.meta.url));

export function writeCorpus(): void {
  writeFileSync(CORPUS, corpus());
  process.once("exit", () => rmSync(CORPUS, { force: true }));
}

export interface Trial {
  readonly mutant: Mutant;
  /** The test that found it out; null for a survivor. */
  readonly killedBy: string | null;
}

/** Runs the tests against a mutant, up to the first that fails. */
export async function tryMutant(mutant: Mutant): Promise<Trial> {
  const file = join(tmpdir(), `cordon-mutant-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  const { code } = await transform(mutant.source, { loader: "ts", target: "es2023" });
  writeFileSync(file, code);
  const url = pathToFileURL(join(engine, mutant.file.replace(/\.ts$/, ".js"))).href;
  try {
    for (const { path, env } of TESTS) {
      const passed = await passes(path, { ...env, CORDON_MUTANT_URL: url, CORDON_MUTANT_FILE: file });
      if (!passed) return { mutant, killedBy: path.split(/[\\/]dist[\\/]/).at(-1) ?? path };
    }
    const agrees = await passes(CHECK_CORPUS, { CORDON_MUTANT_URL: url, CORDON_MUTANT_FILE: file }, [CORPUS]);
    return { mutant, killedBy: agrees ? null : "corpus" };
  } finally {
    rmSync(file);
  }
}

/** Whether all tests pass on what is not changed at all; without that, nothing would survive. */
export async function passOnOriginal(file: string, text: string): Promise<boolean> {
  const { killedBy } = await tryMutant({ file, line: 1, original: "", replacement: "", source: text });
  return killedBy === null;
}

function passes(
  program: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", HOOK, program, ...args], {
      env: { ...process.env, ...env },
      stdio: "ignore",
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}
