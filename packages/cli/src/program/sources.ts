import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

/** `cordon sources` and its subcommands. */
export function addSourcesCommand(program: Command, report: ReportExitCode): void {
  const sources = program
    .command("sources")
    .summary("check the project's sources, and have databases tell of changes")
    .description(
      "The sources of a project: databases, services and files that policies see the world through.",
    );
  withExamples(sources, [
    ["do tables, columns and files fit the settings?", "cordon sources check"],
    ["what would make PostgreSQL tell of changes?", "cordon sources install people"],
  ]);
  addList(sources, report);
  addCheck(sources, report);
  addInstall(sources, report);
}

function addList(sources: Command, report: ReportExitCode): void {
  const command = withProject(
    sources
      .command("list")
      .summary("list the sources: what each gives, and how it is")
      .description(
        "List the sources: what each gives, whether it answers, and how long that took. Each is asked for an entity that is nowhere. Exits with 1 where one doesn't answer.",
      ),
  ).option("--json", "print NDJSON: one source a line");
  runs(command, report, async () => (await import("../commands/sources-list.js")).listSources);
  withExamples(command, [["the sources of the project in this folder", "cordon sources list"]]);
}

function addCheck(sources: Command, report: ReportExitCode): void {
  const command = withProject(
    sources
      .command("check")
      .summary("open the sources and see whether they fit")
      .description(
        "Open the sources and see whether what they name is there: files, tables, columns, queries. Nobody's data is read. Exits with 1 where something doesn't fit or can't be reached.",
      )
      .argument("[name]", "one source; all of them without it"),
  ).option("--json", "print NDJSON: one source a line");
  runs(command, report, async () => (await import("../commands/sources-check.js")).checkSourcesCommand);
  withExamples(command, [
    ["all sources of the project in this folder", "cordon sources check"],
    ["in a pipeline", "cordon sources check --json"],
  ]);
}

function addInstall(sources: Command, report: ReportExitCode): void {
  const command = withProject(
    sources
      .command("install")
      .summary("write the triggers by which PostgreSQL tells of changes")
      .description(
        "Write the triggers by which PostgreSQL tells a source with `push: true` of changes. Prints the statements; `--apply` runs them. They replace what an earlier version wrote.",
      )
      .argument("<name>", "the source, of kind sql"),
  )
    .option("--print", "print the statements (the default)")
    .option("--apply", "run them in the database, all or none")
    .option("--uninstall", "take the triggers back: prints the statements, or runs them with --apply")
    .option("--url <url>", "with --apply: a user who owns the tables, instead of the url of the source");
  runs(command, report, async () => (await import("../commands/sources-install.js")).installSource);
  withExamples(command, [
    ["read them first", "cordon sources install people"],
    ["run them as the owner of the tables", 'cordon sources install people --apply --url "$OWNER_URL"'],
    ["take them back", "cordon sources install people --uninstall --apply"],
  ]);
}
