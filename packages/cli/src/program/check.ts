import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

export function addCheckCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("check")
      .summary("find all that can be known to be wrong with a project")
      .description(
        "Parse, validate, lint and test a project; show each problem at its place in the file. Exits with 2 for a project that can't be served, with 1 where a test fails or a lint of level `error` found something, and with 0 where there are warnings only.",
      ),
  )
    .option("--strict", "fail on warnings, too")
    .option("--deny-warnings", "the same as --strict")
    .option("--info", "show what is merely worth knowing, too")
    .option("--fix", "mend what can be mended without changing any decision")
    .option("--dry-run", "with --fix: show the changes instead of making them")
    .option("--no-tests", "don't run the project's tests")
    .option("--format <format>", "how to report: text, json, github (annotations) or sarif (2.1.0)")
    .option("--json", "the same as --format json: one object with summary, diagnostics and tests");
  runs(command, report, async () => (await import("../commands/check.js")).check);
  withExamples(command, [
    ["the project in this folder", "cordon check"],
    ["another one, for a script", "cordon check --project examples/helpdesk --json"],
    ["what would be mended, and then do it", "cordon check --fix --dry-run && cordon check --fix"],
    ["in continuous integration", "cordon check --strict --format github"],
  ]);
}
