import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";
import { display, filesUnder, root, workspaces } from "./workspaces.mjs";

const FILE_TIMEOUT_MS = 600_000;
// Newer versions of Node.js give up on a file that hangs but leave its process alone; this ends it.
const SUITE_TIMEOUT_MS = 900_000;

/**
 * @typedef {import("./report.mjs").Outcome} Outcome
 * @typedef {{ name: string, files: string[] }} Suite
 */

/**
 * One suite for each workspace that has tests, and one for the checks of this repository themselves.
 *
 * @returns {Suite[]}
 */
export function findSuites() {
  const own = {
    name: "checks",
    files: filesUnder(join(root, "scripts"), (path) => path.endsWith(".test.mjs")),
  };
  const compiled = workspaces().map(({ folder, directory }) => ({
    name: folder.replace(/^packages\//, ""),
    files: filesUnder(join(directory, "dist"), (path) => path.endsWith(".test.js")),
  }));
  return [own, ...compiled].filter((suite) => suite.files.length > 0);
}

/**
 * Runs one suite after the other; the files of a suite run side by side, each in a process of its own.
 *
 * @param {readonly Suite[]} suites
 * @param {(name: string, outcome: Outcome) => void} onSuite
 */
export async function runSuites(suites, onSuite) {
  for (const suite of suites) {
    const started = performance.now();
    const outcome = await runSuite(suite);
    onSuite(suite.name, { ...outcome, milliseconds: performance.now() - started });
  }
}

/**
 * @param {Suite} suite
 * @returns {Promise<Outcome>}
 */
async function runSuite(suite) {
  /** @type {Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  /** @type {Map<string, string>} */
  const printed = new Map();
  const signal = AbortSignal.timeout(SUITE_TIMEOUT_MS);
  // Each file listens to it, and Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const events = run({
    files: suite.files,
    concurrency: availableParallelism(),
    timeout: FILE_TIMEOUT_MS,
    signal,
  });
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") {
      printed.set(data.file ?? "", (printed.get(data.file ?? "") ?? "") + data.message);
    } else if (type === "test:diagnostic" && data.file !== undefined) {
      printed.set(data.file, `${printed.get(data.file) ?? ""}${data.message}\n`);
    } else if (type === "test:pass") {
      recordPass(outcome, data);
    } else if (type === "test:fail") {
      recordFailure(outcome, data);
    }
  }
  addOutput(outcome, printed);
  return outcome;
}

/**
 * @param {Outcome} outcome
 * @param {import("node:test").EventData.TestPass} data
 */
function recordPass(outcome, data) {
  if (data.details.type === "suite") return;
  if (data.skip || data.todo) {
    const reason = typeof data.skip === "string" ? `: ${data.skip}` : "";
    outcome.notes.push(`${data.todo ? "todo" : "skipped"} ${where(data)} ${data.name}${reason}`);
    return;
  }
  // A file that ran to its end without a single test proves nothing.
  if (isFile(data)) outcome.failures.push({ title: where(data), detail: "the file holds no tests" });
  else outcome.passed++;
}

/**
 * @param {Outcome} outcome
 * @param {import("node:test").EventData.TestFail} data
 */
function recordFailure(outcome, data) {
  const { error } = data.details;
  const failureType = /** @type {{ failureType?: string }} */ (error).failureType;
  // The failing parts of a suite or a parent are reported by themselves.
  if (failureType === "subtestsFailed") return;
  if (data.todo) {
    outcome.notes.push(`todo ${where(data)} ${data.name}`);
    return;
  }
  const cause = error.cause ?? error;
  const detail = cause instanceof Error ? inspect(cause) : String(cause);
  outcome.failures.push({
    title: isFile(data) ? where(data) : `${where(data)} ${data.name}`,
    detail,
    file: data.file,
  });
}

/**
 * What a file printed helps to understand its failure; of a file that passed only the seeds matter.
 *
 * @param {Outcome} outcome
 * @param {Map<string, string>} printed
 */
function addOutput(outcome, printed) {
  for (const [file, text] of printed) {
    const failure = outcome.failures.findLast((candidate) => candidate.file === file);
    if (failure !== undefined) failure.detail += `\noutput of ${display(file)}:\n${text}`;
    else outcome.notes.push(...text.split("\n").filter((line) => /\bseed\b/i.test(line)));
  }
}

/** @param {{ file?: string, name: string }} data */
function isFile(data) {
  return data.file !== undefined && (data.name === data.file || join(root, data.name) === data.file);
}

/** @param {{ file?: string, line?: number }} data */
function where(data) {
  if (data.file === undefined) return "?";
  return `${display(data.file).replace("/dist/", "/src/").replace(/\.js$/, ".ts")}`;
}
