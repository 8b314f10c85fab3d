import type { Command } from "commander";
import { type ReportExitCode, runs, withCredentials, withExamples, withProject } from "./command.js";

const LIMIT = "how many results to look for (default: 1000)";
const AT = "search as if it were this time (RFC 3339, or `2h` for two hours ago)";
const CONTEXT = "the request's context: JSON, `@file.json`, or `@-` for standard input";

export function addWhoCanCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withProject(
      program
        .command("who-can")
        .summary("who may do something to a resource")
        .description(
          "Say who may do ACTION to RESOURCE: all principals of the types that the action admits, grouped by the policies that give the access. Exits with 1 where nobody may, and with 2 where that can't be found out whole.",
        )
        .argument("<action>", "what for: `ticket:read` or `'Action::\"ticket:read\"'`")
        .argument("<resource>", "on what: `Ticket::T-1042`"),
    ),
  )
    .option("-t, --type <type>", "only principals of this type: `User`")
    .option("-n, --limit <number>", LIMIT)
    .option("-c, --context <json>", CONTEXT)
    .option("--resource-properties <json>", "attributes of the resource that the request brings along")
    .option(
      "--action-properties <json>",
      "what the action is about, such as an amount; becomes `context.action`",
    )
    .option("--at <time>", AT)
    .option("--json", "print one JSON object: every result with its policies");
  runs(command, report, async () => (await import("../commands/who-can.js")).whoCan);
  withExamples(command, [
    ["who may read this ticket?", "cordon who-can ticket:read Ticket::T-1042"],
    ["and at night?", "cordon who-can ticket:read Ticket::T-1042 --at 2026-11-24T23:30:00Z"],
    ["their ids, for a script", "cordon who-can ticket:read Ticket::T-1042 --json | jq -r '.results[].id'"],
  ]);
}

export function addWhatCanCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withProject(
      program
        .command("what-can")
        .summary("what somebody may do, and with which resources")
        .description(
          "Say what the PRINCIPAL may do: for every action that applies, and every type of resources, which ones, grouped by the policies that give the access. Exits with 1 where that is nothing, and with 2 where some of it can't be found out; what that is, is said.",
        )
        .argument("<principal>", "who asks: `User::ann` or `'User::\"ann\"'`"),
    ),
  )
    .option("-t, --type <type>", "only resources of this type: `Ticket`")
    .option("-a, --action <action>", "only this action: `ticket:read`")
    .option("-n, --limit <number>", `${LIMIT}, of each action and type`)
    .option("-c, --context <json>", CONTEXT)
    .option("--principal-properties <json>", "attributes of the principal that the request brings along")
    .option(
      "--action-properties <json>",
      "what the actions are about, such as an amount; becomes `context.action`",
    )
    .option("--at <time>", AT)
    .option("--json", "print one JSON object: every result with its policies");
  runs(command, report, async () => (await import("../commands/what-can.js")).whatCan);
  withExamples(command, [
    ["what may she do?", "cordon what-can User::ann"],
    ["which tickets may she close?", "cordon what-can User::ann --type Ticket --action ticket:close"],
    ["for a script", "cordon what-can User::ann --type Ticket --json"],
  ]);
}
