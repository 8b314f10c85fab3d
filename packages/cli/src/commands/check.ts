import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  applyFixes,
  checkFolder,
  docsOf,
  type FixedFile,
  githubReport,
  type ProjectReport,
  sarifReport,
} from "@cordon/analysis/check";
import { jsonReport, renderRun } from "@cordon/analysis/policy-tests";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { packageVersion } from "../package-version.js";
import { findProject } from "../project/folder.js";
import { counted } from "../render/count.js";
import { renderDiagnostics } from "../render/diagnostics.js";
import { renderFixes } from "../render/fixes.js";
import type { Terminal } from "../terminal.js";

export interface CheckCommandOptions {
  project?: string;
  json?: boolean;
  format?: string;
  fix?: boolean;
  dryRun?: boolean;
  strict?: boolean;
  denyWarnings?: boolean;
  info?: boolean;
  /** Commander's name for `--no-tests`. */
  tests?: boolean;
}

type Input = CommandInput<CheckCommandOptions>;

const FORMATS = ["text", "json", "github", "sarif"] as const;
type Format = (typeof FORMATS)[number];

/**
 * Exits with 2 for a project that can't be served, with 1 where a lint at level `error` found something, a test
 * failed or, if asked for, there is a warning.
 */
export async function check(input: Input): Promise<number> {
  const { options, terminal } = input;
  const format = formatOf(options);
  const folder = findProject(options.project);
  const checkOptions = { tests: options.tests !== false };
  let report = await checkFolder(folder, checkOptions);
  let fixed: FixedFile[] = [];
  if (options.fix === true) {
    fixed = applyFixes(report.diagnostics, report.texts);
    if (options.dryRun !== true) {
      for (const { path, after } of fixed) await writeFile(join(folder, path), after);
      if (fixed.length > 0) report = await checkFolder(folder, checkOptions);
    }
  }
  const verdict = judge(report, options.strict === true || options.denyWarnings === true);
  if (format === "text") show(report, fixed, input);
  else terminal.out(machineReport(format, report, fixed, folder, input));
  return verdict;
}

function formatOf({ format, json, fix, dryRun }: CheckCommandOptions): Format {
  if (dryRun === true && fix !== true) {
    throw new CommandError("invalid_argument", "`--dry-run` is of use with `--fix` only", {
      help: "`cordon check --fix --dry-run` shows what would be changed",
    });
  }
  if (format === undefined) return json === true ? "json" : "text";
  const known = FORMATS.find((name) => name === format);
  if (known === undefined) {
    throw new CommandError("invalid_argument", `unknown format \`${format}\``, {
      help: `give one of ${FORMATS.map((name) => `\`${name}\``).join(", ")}`,
    });
  }
  return known;
}

function judge({ bundle, diagnostics }: ProjectReport, strict: boolean): number {
  if (bundle === undefined) return exitCode.unusable;
  const fails = diagnostics.some(
    ({ severity }) => severity === "error" || (strict && severity === "warning"),
  );
  return fails ? exitCode.no : exitCode.ok;
}

function machineReport(
  format: Exclude<Format, "text">,
  report: ProjectReport,
  fixed: readonly FixedFile[],
  folder: string,
  { options }: Input,
): string {
  const from = relative(process.cwd(), folder).replaceAll("\\", "/");
  switch (format) {
    case "github": {
      const shown = report.diagnostics.filter(({ severity }) => options.info === true || severity !== "info");
      return githubReport(shown, from);
    }
    case "sarif":
      return jsonLine(
        sarifReport(report.diagnostics, { version: packageVersion(), folder: from, texts: report.texts }),
      );
    case "json":
      return jsonLine({
        valid: report.bundle !== undefined,
        bundleId: report.bundle?.id ?? null,
        summary: { ...report.summary, ...countsOf(report) },
        diagnostics: report.diagnostics.map((diagnostic) => ({
          ...diagnostic,
          docs: docsOf(diagnostic.code),
        })),
        ...(report.tests === undefined ? {} : { tests: jsonReport(report.tests) }),
        ...(options.fix === true
          ? { fixed: fixed.map(({ path, mended }) => ({ path, mended: mended.length })) }
          : {}),
      });
  }
}

function countsOf({ diagnostics }: ProjectReport): Record<"errors" | "warnings" | "infos", number> {
  const count = (wanted: string) => diagnostics.filter(({ severity }) => severity === wanted).length;
  return { errors: count("error"), warnings: count("warning"), infos: count("info") };
}

function show(report: ProjectReport, fixed: readonly FixedFile[], { options, terminal }: Input): void {
  const color = terminal.color.isColorSupported;
  // Failed tests are shown by the tests' own report, which says more.
  const shown = report.diagnostics.filter(
    ({ severity, code }) => code !== "test_failed" && (options.info === true || severity !== "info"),
  );
  if (shown.length > 0) terminal.out(renderDiagnostics(shown, report.texts, color, docsOf));
  if (report.tests !== undefined && report.tests.failed > 0)
    terminal.out(`${renderRun(report.tests, { color })}\n`);
  if (options.dryRun === true && fixed.length > 0) terminal.out(`${renderFixes(fixed, terminal.color)}\n`);
  terminal.out(summaryLine(report, terminal.color));
  const note = nextStep(report, fixed, options, terminal.width !== undefined);
  if (note !== undefined) terminal.out(terminal.color.dim(note));
}

function summaryLine(report: ProjectReport, color: Terminal["color"]): string {
  const { policies, policyFiles, hasSchema, entities } = report.summary;
  const { errors, warnings } = countsOf(report);
  const counts = [
    // What doesn't parse can't be counted.
    report.bundle !== undefined
      ? counted(policies, "policy", "policies")
      : counted(policyFiles, "policy file"),
    hasSchema ? "1 schema" : "no schema",
    counted(entities, "entity", "entities"),
    ...(report.tests === undefined ? [] : [counted(report.tests.passed + report.tests.failed, "test")]),
  ].join(", ");
  if (errors === 0 && warnings === 0) return `${counts}, ${color.green("no problems")}`;
  const problems = [
    ...(errors > 0 ? [color.red(counted(errors, "error"))] : []),
    ...(warnings > 0 ? [color.yellow(counted(warnings, "warning"))] : []),
  ];
  return `${counts}, ${color.bold(problems.join(" and "))}`;
}

/** @param toPeople whether somebody sits before it: nobody else is told what there is besides */
function nextStep(
  report: ProjectReport,
  fixed: readonly FixedFile[],
  options: CheckCommandOptions,
  toPeople: boolean,
): string | undefined {
  const mended = fixed.reduce((sum, file) => sum + file.mended.length, 0);
  const inFiles = `${counted(mended, "finding")} in ${counted(fixed.length, "file")}`;
  if (options.fix === true) return `${options.dryRun === true ? "would mend" : "mended"} ${inFiles}`;
  const fixable = report.diagnostics.filter(({ fix, severity }) => {
    return fix !== undefined && (severity !== "info" || options.info === true);
  }).length;
  if (fixable > 0)
    return `\`cordon check --fix\` mends ${fixable === 1 ? "one of them" : `${fixable} of them`}`;
  const { infos } = countsOf(report);
  if (!toPeople || infos === 0 || options.info === true) return undefined;
  return `\`cordon check --info\` shows ${counted(infos, "thing")} worth knowing`;
}
