import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

export function addTestCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("test")
      .summary("run the project's tests, with coverage and mutation")
      .description(
        "Run the tests in `tests/*.yaml` through the real decision pipeline, at the times that they name. Exits with 1 where one fails.",
      ),
  )
    .option("-f, --filter <text>", "only tests with this in their file or name")
    .option("-w, --watch", "run again whenever a file of the project changes")
    .option("-u, --update", "write the grids of matrices that differ, for review")
    .option("--verbose", "show every case, not only those that fail")
    .option("--grid", "draw every matrix, not only those that differ")
    .option("--json", "print one JSON object: results and, where asked for, coverage and mutation")
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--coverage", "show which policies and conditions were seen true and false")
    .option("--lcov <file>", "write coverage as lcov")
    .option("--html <dir>", "write coverage as pages with the source marked")
    .option(
      "--mutate",
      "change the policies, one change at a time, and show the changes that no test noticed",
    )
    .option("--min-score <percent>", "with --mutate: fail below this score");
  runs(command, report, async () => (await import("../commands/test.js")).testPolicies);
  withExamples(command, [
    ["the tests of the project in this folder", "cordon test"],
    ["again and again, while you write", "cordon test --watch --filter refund"],
    ["who may do what, drawn", "cordon test --grid"],
    ["for continuous integration", "cordon test --junit test.xml --lcov policies.lcov --html coverage"],
    ["would the tests notice a mistake?", "cordon test --mutate --min-score 95"],
  ]);
}
