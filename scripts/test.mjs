// The whole proof of this repository: installs and builds what is missing, then runs each check and each suite.
// Needs nothing but Node.js and npm. `npm test -- --only engine,imports` runs a part; `--list` names the parts.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Report } from "./testing/report.mjs";
import { install } from "./testing/setup.mjs";
import { findSuites, runSuites } from "./testing/suites.mjs";

// Named here and loaded later: some need packages that are installed only then. Slow ones come last.
const EARLY = ["types", "lint", "imports", "dependencies", "engine-size"];
const LATE = ["docs", "site", "pack", "demo"];

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, list: { type: "boolean" }, help: { type: "boolean" } },
});

if (values.help) {
  process.stdout.write("npm test -- [--only NAME[,NAME…]] [--list]\n");
} else {
  process.exitCode = await main(new Set((values.only ?? []).flatMap((names) => names.split(","))));
}

/** @param {Set<string>} only */
async function main(only) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`Cordon ${version}, Node.js ${process.version}, ${availableParallelism()} cores\n`);
  process.stdout.write(`${await install()}\n`);
  const report = new Report();
  // Without compiled output there is nothing to test, so this one runs whatever was chosen.
  await runCheck("types", report);

  const suites = findSuites();
  const names = [...EARLY, ...suites.map((suite) => suite.name), ...LATE];
  if (values.list) {
    process.stdout.write(`${names.join("\n")}\n`);
    return 0;
  }
  for (const name of only) {
    if (names.includes(name)) continue;
    report.add(name, {
      passed: 0,
      failures: [{ title: "no such part", detail: names.join(", ") }],
      notes: [],
    });
  }
  const chosen = (/** @type {string} */ name) => only.size === 0 || only.has(name);
  for (const name of EARLY.slice(1).filter(chosen)) await runCheck(name, report);
  await runSuites(
    suites.filter((suite) => chosen(suite.name)),
    (name, outcome) => report.add(name, outcome),
  );
  for (const name of LATE.filter(chosen)) await runCheck(name, report);
  return report.finish();
}

/**
 * @param {string} name
 * @param {Report} report
 */
async function runCheck(name, report) {
  const started = performance.now();
  try {
    const { check } = await import(`./checks/${name}.mjs`);
    report.add(name, { ...(await check()), milliseconds: performance.now() - started });
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report.add(name, { passed: 0, failures: [{ title: "the check itself failed", detail }], notes: [] });
  }
}
