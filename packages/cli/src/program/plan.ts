import { type Command, Option } from "commander";
import { type ReportExitCode, runs, withCredentials, withExamples, withProject } from "./command.js";

export function addPlanCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withProject(
      program
        .command("plan")
        .summary("which resources somebody may do something to")
        .description(
          "Say which resources of TYPE the PRINCIPAL may do ACTION to: all, none, or those for which a condition holds. Where a `sql` source maps the type to a table, the condition comes as SQL, too. Nothing is asked of the database. Exits with 1 where there are none.",
        )
        .argument("<principal>", "who asks: `User::ann` or `'User::\"ann\"'`")
        .argument("<action>", "what for: `ticket:read` or `'Action::\"ticket:read\"'`")
        .argument("<type>", "the type of the resources: `Ticket`"),
    ),
  )
    .addOption(
      new Option("-d, --dialect <name>", "the SQL to write (default: as the source's url says)").choices([
        "postgres",
        "mysql",
        "sqlite",
      ]),
    )
    .option("-w, --why", "say which policy contributes what")
    .option("-c, --context <json>", "the request's context: JSON, `@file.json`, or `@-` for standard input")
    .option("--principal-properties <json>", "attributes of the principal that the request brings along")
    .option(
      "--action-properties <json>",
      "what the action is about, such as an amount; becomes `context.action`",
    )
    .option(
      "--approximate",
      "let through what no filter can express, instead of refusing: each row must then be decided",
    )
    .option("--at <time>", "plan as if it were this time (RFC 3339, or `2h` for two hours ago)")
    .option("--json", "print one JSON object: the plan and, where there is a table, the SQL");
  runs(command, report, async () => (await import("../commands/plan.js")).plan);
  withExamples(command, [
    ["which tickets may she read?", "cordon plan User::ann ticket:read Ticket"],
    ["and why those?", "cordon plan User::ann ticket:read Ticket --why"],
    ["as MySQL has it, in a script", "cordon plan User::ann ticket:read Ticket --dialect mysql --json"],
  ]);
}
