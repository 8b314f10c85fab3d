import type { Command } from "commander";
import { TEMPLATES } from "../scaffold/template-list.js";
import { type ReportExitCode, runs, withExamples } from "./command.js";

export function addInitCommand(program: Command, report: ReportExitCode): void {
  const width = Math.max(...TEMPLATES.map(({ name }) => name.length));
  const templates = TEMPLATES.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  const command = program
    .command("init")
    .summary("start a project from a template")
    .description(
      "Write a new policy project: rules, schema, examples and tests that pass at once. Asks on a terminal what isn't said; in scripts, what isn't said has a default. Never overwrites a file.",
    )
    .argument("[dir]", "where (in scripts, without one: the current folder)")
    .option("-t, --template <name>", `what to start from: ${TEMPLATES.map(({ name }) => name).join(", ")}`)
    .option("-y, --yes", "ask nothing: take the defaults for what isn't said")
    // Without a default, so that it is known whether anything was said.
    .option("--git", "make it a git repository, where it isn't within one")
    .option("--no-git", "don't")
    .option("--json", "ask nothing, and print one JSON object: directory, template, files")
    .addHelpText("after", `\nTemplates:\n${templates.join("\n")}`);
  runs(command, report, async () => (await import("../commands/init.js")).init);
  withExamples(command, [
    ["answer a few questions", "cordon init"],
    ["roles, in a folder of its own", "cordon init policies --template rbac"],
    ["in a script", "cordon init policies --template saas --yes --no-git"],
  ]);
}
