import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

export function addFmtCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("fmt")
      .summary("format policies")
      .description(
        "Format policies with Cedar's own formatter. Each result is read again before it is written: a file whose comments or meaning would change is left alone. Schemas are left alone, too: their formatter drops comments.",
      )
      .argument("[paths...]", "files and folders of policies (default: the policies of the project)"),
  )
    .option("--check", "write nothing; exit with 1 where a file isn't formatted")
    .option("--stdin", "format standard input to standard output")
    .option("--json", "print one JSON object: what became of each file");
  runs(command, report, async () => (await import("../commands/fmt.js")).fmt);
  withExamples(command, [
    ["the policies of the project in this folder", "cordon fmt"],
    ["for continuous integration", "cordon fmt --check"],
    ["one file, from an editor", "cordon fmt --stdin < policies/tickets.cedar"],
  ]);
}
