import { relative } from "node:path";
import { collectCoverage, htmlReport, lcovReport, renderCoverage } from "@cordon/analysis/coverage";
import { type MutationResult, mutateSuite, renderMutation } from "@cordon/analysis/mutation";
import {
  filterSuite,
  jsonReport,
  junitReport,
  type LoadedSuite,
  loadSuite,
  type RunResult,
  renderRun,
  runSuite,
  type TestSuite,
  updateSnapshots,
} from "@cordon/analysis/policy-tests";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode, InvalidProject, reportFailure } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { watchTests } from "../project/watch.js";
import { renderDiagnostics } from "../render/diagnostics.js";
import { writeOutput } from "../write-output.js";

export interface TestOptions {
  project?: string;
  filter?: string;
  watch?: boolean;
  update?: boolean;
  verbose?: boolean;
  grid?: boolean;
  json?: boolean;
  junit?: string;
  coverage?: boolean;
  lcov?: string;
  html?: string;
  mutate?: boolean;
  minScore?: string;
}

type Input = CommandInput<TestOptions>;

export async function testPolicies(input: Input): Promise<number> {
  const { options, terminal } = input;
  const minScore = readMinScore(options);
  const folder = findProject(options.project);
  if (options.watch !== true) return runOnce(folder, minScore, input);
  if (options.json === true) {
    throw new CommandError("invalid_argument", "`--json` can't be used with `--watch`", {
      help: "watch for people, or run once for a program",
    });
  }
  return watchTests(folder, async () => {
    terminal.out(terminal.color.dim(`── ${new Date().toTimeString().slice(0, 8)} ──`));
    // A project that is broken half-way through an edit is no reason to stop watching.
    await runOnce(folder, minScore, input).catch((error) => reportFailure(error, terminal, false));
    terminal.out(terminal.color.dim("waiting for changes; Ctrl-C ends"));
  });
}

function readMinScore({ minScore, mutate }: TestOptions): number | undefined {
  if (minScore === undefined) return undefined;
  const score = Number(minScore.replace(/%$/, ""));
  if (mutate !== true || !(score >= 0 && score <= 100)) {
    throw new CommandError("invalid_argument", `invalid score \`${minScore}\` for \`--min-score\``, {
      help: "give a percentage from 0 to 100, together with `--mutate`",
    });
  }
  return score;
}

async function runOnce(folder: string, minScore: number | undefined, input: Input): Promise<number> {
  const { options, terminal } = input;
  const loaded = await loadSuite(folder);
  if (!loaded.ok) throw new InvalidProject(folder, loaded.diagnostics, loaded.texts);
  const suite = options.filter === undefined ? loaded.suite : filterSuite(loaded.suite, options.filter);
  if (suite.files.length === 0) throw nothingToRun(loaded, options.filter);
  const run = runSuite(suite);
  if (options.update === true) return update(folder, run, input);
  const reports = await writeReports(folder, suite, run, options);
  const mutation = options.mutate === true && run.failed === 0 ? mutateSuite(suite) : undefined;
  if (options.json === true)
    terminal.out(
      jsonLine({ ...jsonReport(run), ...reports, ...(mutation === undefined ? {} : { mutation }) }),
    );
  else show(suite, run, reports, mutation, input);
  if (run.failed > 0) return exitCode.no;
  return mutation !== undefined && minScore !== undefined && mutation.score < minScore
    ? exitCode.no
    : exitCode.ok;
}

function nothingToRun(loaded: LoadedSuite & { ok: true }, filter: string | undefined): CommandError {
  if (loaded.suite.files.length === 0) {
    return new CommandError("not_found", "the project has no tests", {
      help: "write the first one in `tests/first.yaml`: `cases: [{ principal: User::ann, action: read, resource: Doc::plan, expect: allow }]`",
    });
  }
  return new CommandError("not_found", `no test has \`${filter}\` in its file or name`, {
    help: "`cordon test --verbose` shows the names",
  });
}

/** Keeps the grids; whatever else fails still fails. */
async function update(folder: string, run: RunResult, { terminal }: Input): Promise<number> {
  const written = await updateSnapshots(folder, run);
  for (const path of written) terminal.out(`${terminal.color.green("wrote")} ${path}`);
  const files = run.files.map((file) => ({ ...file, matrices: [] }));
  const failed = files
    .flatMap(({ cases }) => cases)
    .filter(({ differences }) => differences.length > 0).length;
  if (failed > 0)
    terminal.out(renderRun({ ...run, files, failed }, { color: terminal.color.isColorSupported }));
  else if (written.length === 0) terminal.out("every grid is as it was");
  return failed > 0 ? exitCode.no : exitCode.ok;
}

type Reports = { coverage?: ReturnType<typeof collectCoverage> };

async function writeReports(
  folder: string,
  suite: TestSuite,
  run: RunResult,
  options: TestOptions,
): Promise<Reports> {
  if (options.junit !== undefined) await writeOutput(options.junit, junitReport(run));
  if (options.coverage !== true && options.lcov === undefined && options.html === undefined) return {};
  const coverage = collectCoverage(suite);
  if (options.lcov !== undefined) {
    const from = relative(process.cwd(), folder).replaceAll("\\", "/");
    await writeOutput(options.lcov, lcovReport(coverage, from));
  }
  if (options.html !== undefined) {
    for (const { name, html } of htmlReport(coverage)) await writeOutput(`${options.html}/${name}`, html);
  }
  return options.coverage === true ? { coverage } : {};
}

function show(
  suite: TestSuite,
  run: RunResult,
  { coverage }: Reports,
  mutation: MutationResult | undefined,
  { options, terminal }: Input,
): void {
  const color = terminal.color.isColorSupported;
  if (suite.warnings.length > 0) terminal.err(renderDiagnostics(suite.warnings, suite.texts, color));
  terminal.out(renderRun(run, { color, verbose: options.verbose === true, grids: options.grid === true }));
  if (coverage !== undefined) terminal.out(`\n${renderCoverage(coverage, { color })}`);
  if (mutation !== undefined) terminal.out(`\n${renderMutation(mutation, { color })}`);
  else if (options.mutate === true) terminal.err("\nno changes were tried: mend the tests that fail first");
}
