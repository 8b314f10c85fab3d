import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { removeStaleOutput } from "../testing/setup.mjs";
import { root } from "../testing/workspaces.mjs";

/** Builds everything, which checks the types of everything, and checks the scripts of this folder too. */
export async function check() {
  const stale = removeStaleOutput();
  /** @type {import("../testing/report.mjs").Outcome} */
  const outcome = {
    passed: 0,
    failures: [],
    notes: stale.length > 0 ? [`${stale.length} stale files removed`] : [],
  };
  await compile(outcome, "the workspaces", ["-b"]);
  await compile(outcome, "scripts", ["-p", join("scripts", "tsconfig.json")]);
  return outcome;
}

/**
 * @param {import("../testing/report.mjs").Outcome} outcome
 * @param {string} title
 * @param {readonly string[]} args
 */
async function compile(outcome, title, args) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { code, output } = await run(process.execPath, [tsc, ...args], { cwd: root });
  if (code === 0) outcome.passed++;
  else outcome.failures.push({ title: `types of ${title}`, detail: output });
}
