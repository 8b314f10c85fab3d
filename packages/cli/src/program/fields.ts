import type { Command } from "commander";
import {
  type ReportExitCode,
  runs,
  withCredentials,
  withExamples,
  withProject,
  withServer,
} from "./command.js";

export function addFieldsCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withServer(
      withProject(
        program
          .command("fields")
          .summary("which attributes somebody may do something to")
          .description(
            "Say which attributes of RESOURCE the PRINCIPAL may do ACTION to: which are shown (or may be written), which are masked, which are hidden, and what those would take. Exits with 1 where not even the action is allowed.",
          )
          .argument("<principal>", "who asks: `User::ann` or `'User::\"ann\"'`")
          .argument("<action>", "what for: `ticket:read` or `'Action::\"ticket:read\"'`")
          .argument("<resource>", "on what: `Ticket::T-1042`"),
      ),
    ),
  )
    .option("-c, --context <json>", "the request's context: JSON, `@file.json`, or `@-` for standard input")
    .option("--principal-properties <json>", "attributes of the principal that the request brings along")
    .option(
      "--action-properties <json>",
      "what the action is about, such as an amount; becomes `context.action`",
    )
    .option("--resource-properties <json>", "attributes of the resource that the request brings along")
    .option("--at <time>", "decide as if it were this time (RFC 3339, or `2h` for two hours ago); not logged")
    .option("--no-log", "don't write the decisions into the log")
    .option("--json", "print one JSON object");
  runs(command, report, async () => (await import("../commands/fields.js")).fields);
  withExamples(command, [
    ["what may she see of it?", "cordon fields User::ann ticket:read Ticket::T-1042"],
    ["which attributes may she write?", "cordon fields User::ann ticket:edit Ticket::T-1042"],
    ["for a script", "cordon fields User::ann ticket:read Ticket::T-1042 --json"],
  ]);
}
