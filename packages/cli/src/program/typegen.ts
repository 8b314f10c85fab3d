import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

export function addTypegenCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("typegen")
      .summary("write TypeScript types of the schema")
      .description(
        "Write TypeScript types of the schema: entities, actions, contexts, and which action applies to what. With them a question that makes no sense doesn't compile.",
      ),
  )
    .option("-o, --out <file>", "write them here (default: standard output)")
    .option("--check", "write nothing; exit with 1 where the file isn't what the schema says");
  runs(command, report, async () => (await import("../commands/typegen.js")).typegen);
  withExamples(command, [
    ["into your application", "cordon typegen --project policies --out src/cordon-types.ts"],
    ["for continuous integration", "cordon typegen --check --out src/cordon-types.ts"],
  ]);
}
