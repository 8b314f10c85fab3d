import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { readManifest, root, workspaces } from "../testing/workspaces.mjs";

const UNWANTED = /\.test\.|\.tsbuildinfo$|testing-internal|(^|\/)src\/|\.env|\.cordon\//;

/** Packs every package as it would be published, installs the tarballs into an empty folder and uses them there. */
export async function check() {
  /** @type {import("../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  const folder = mkdtempSync(join(tmpdir(), "cordon-pack-"));
  try {
    const packages = workspaces().filter((workspace) => !workspace.manifest.private);
    const tarballs = await packAll(packages, folder, outcome);
    if (tarballs.length === packages.length) await useAll(packages, tarballs, folder, outcome);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return outcome;
}

/**
 * @param {readonly import("../testing/workspaces.mjs").Workspace[]} packages
 * @param {string} folder
 * @param {import("../testing/report.mjs").Outcome} outcome
 * @returns {Promise<string[]>}
 */
async function packAll(packages, folder, outcome) {
  const args = [
    "pack",
    "--json",
    "--pack-destination",
    folder,
    ...packages.map((item) => `--workspace=${item.folder}`),
  ];
  const { code, stdout, output } = await run("npm", args, { cwd: root });
  if (code !== 0) {
    outcome.failures.push({ title: "npm pack", detail: output });
    return [];
  }
  /** @type {{ name: string, files: { path: string }[] }[]} */
  const packed = Object.values(JSON.parse(stdout));
  for (const { name, files } of packed) {
    const unwanted = files.map((file) => file.path).filter((path) => UNWANTED.test(path));
    const code = files.filter((file) => file.path.endsWith(".js"));
    if (unwanted.length > 0)
      outcome.failures.push({ title: `${name} packs what it shouldn't`, detail: unwanted.join("\n") });
    else if (code.length === 0) outcome.failures.push({ title: `${name} packs no code`, detail: "" });
    else outcome.passed++;
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith(".tgz"))
    .map((file) => join(folder, file));
}

/**
 * @param {readonly import("../testing/workspaces.mjs").Workspace[]} packages
 * @param {readonly string[]} tarballs
 * @param {string} folder
 * @param {import("../testing/report.mjs").Outcome} outcome
 */
async function useAll(packages, tarballs, folder, outcome) {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", private: true, type: "module" }),
  );
  const installed = await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs],
    { cwd: folder },
  );
  await expectSuccess(outcome, "npm install of the tarballs", installed);
  if (installed.code !== 0) return;

  const program = packages.flatMap(importsOf).map((name) => `await import(${JSON.stringify(name)});`);
  writeFileSync(join(folder, "uses-all.mjs"), program.join("\n"));
  await expectSuccess(
    outcome,
    "importing every export of every package",
    await run(process.execPath, ["uses-all.mjs"], { cwd: folder }),
  );

  const version = await run("npx", ["--no-install", "cordon", "--version"], { cwd: folder });
  await expectSuccess(
    outcome,
    "npx cordon --version",
    version,
    version.stdout.includes(readManifest(root).version),
  );

  const project = exampleProject();
  if (project === null)
    outcome.failures.push({ title: "no example project to check", detail: "expected under examples/" });
  else {
    await expectSuccess(
      outcome,
      "npx cordon check",
      await run("npx", ["--no-install", "cordon", "check", "--project", project], { cwd: folder }),
    );
  }
}

/**
 * @param {import("../testing/report.mjs").Outcome} outcome
 * @param {string} title
 * @param {{ code: number, output: string }} result
 * @param {boolean} [alsoHolds]
 */
async function expectSuccess(outcome, title, result, alsoHolds = true) {
  if (result.code === 0 && alsoHolds) outcome.passed++;
  else outcome.failures.push({ title, detail: `exit code ${result.code}\n${result.output}` });
}

/** @param {import("../testing/workspaces.mjs").Workspace} workspace */
function importsOf({ manifest }) {
  return Object.keys(manifest.exports ?? {}).map((path) => manifest.name + path.slice(1));
}

/** The folder under examples/ that holds policies, whatever its layout. */
function exampleProject() {
  for (const example of readdirSync(join(root, "examples"))) {
    for (const place of [join(root, "examples", example), join(root, "examples", example, "project")]) {
      if (existsSync(join(place, "policies"))) return place;
    }
  }
  return null;
}
