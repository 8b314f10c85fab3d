import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples } from "./command.js";

export function addLspCommand(program: Command, report: ReportExitCode): void {
  const command = program
    .command("lsp")
    .summary("answer an editor: the language server")
    .description(
      "The language server for policies, schemas and the project's YAML: editors start it and speak the Language Server Protocol with it over standard input and output.",
    )
    .option(
      "--stdio",
      "speak over standard input and output (there is no other way; editors like to say it)",
    );
  runs(command, report, async () => (await import("../commands/lsp.js")).lsp);
  withExamples(command, [
    ["how an editor starts it (docs/editors.md has the settings)", "cordon lsp --stdio"],
  ]);
}
