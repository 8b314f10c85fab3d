import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

/** `cordon rls` and its subcommands. */
export function addRlsCommand(program: Command, report: ReportExitCode): void {
  const rls = program
    .command("rls")
    .summary("row-level security in PostgreSQL, from the same policies")
    .description(
      "Row-level security in PostgreSQL, from the same policies: a session then sees the rows that its principal may see, whatever it asks for.",
    );
  withExamples(rls, [["write the migration", "cordon rls generate --out migrations"]]);
  addGenerate(rls, report);
}

function addGenerate(rls: Command, report: ReportExitCode): void {
  const command = withProject(
    rls
      .command("generate")
      .summary("write the migration that installs the policies, and the one that takes them back")
      .description(
        "Write the migration that installs the policies in PostgreSQL, with functions, views of masked columns, roles and grants, and the one that takes all of it back. The setting `rls` says for which tables. Nothing is asked of the database. A policy that PostgreSQL can't express is refused.",
      ),
  )
    .option("--dialect <name>", "the database: `postgres`, which is the only one")
    .option(
      "-o, --out <dir>",
      "write `cordon-rls.apply.sql` and `cordon-rls.undo.sql` there instead of printing the first",
    )
    .option("--undo", "print the migration that takes it back")
    .option(
      "--narrow",
      "show no rows for what can't be expressed, instead of refusing: never more rows than decisions allow",
    )
    .option("--check", "with --out: exit with 1 where what is there isn't what would be written");
  runs(command, report, async () => (await import("../commands/rls.js")).generateRowLevelSecurity);
  withExamples(command, [
    ["read it first", "cordon rls generate"],
    ["write both files", "cordon rls generate --out migrations"],
    ["in a pipeline: are they up to date?", "cordon rls generate --out migrations --check"],
  ]);
}
