import type { Command } from "commander";
import {
  type ReportExitCode,
  runs,
  withCredentials,
  withExamples,
  withProject,
  withServer,
} from "./command.js";

export function addExplainCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withServer(
      withProject(
        program
          .command("explain")
          .summary("explain a decision, and what would turn it")
          .description(
            "Explain why PRINCIPAL may or may not do ACTION on RESOURCE, or why a logged decision came out as it did: the policies, clauses and values that decided and, for a deny, the smallest changes of facts with which it would be allowed. Each was tried out: with it the decision turns, with less it does not. Exits with 0 whatever the answer.",
          )
          .usage("[options] PRINCIPAL ACTION RESOURCE | ID")
          .argument("<principal>", "who asks: `User::ann`; or, alone, the id of a decision in the log")
          .argument("[action]", "what for: `ticket:read` or `'Action::\"ticket:read\"'`")
          .argument("[resource]", "on what: `Ticket::T-1042`"),
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
    .option("--at <time>", "explain as if it were this time (RFC 3339, or `2h` for two hours ago)")
    .option("--what-if <decision>", "`deny`: for an allow, what would turn it to deny (default: allow)")
    .option("--all", "every policy and every way, not only the nearest")
    .option("--json", "print one JSON object: decision, explanation and the changes that turn it, as data");
  runs(command, report, async () => (await import("../commands/explain.js")).explain);
  withExamples(command, [
    ["why not, and what would it take?", "cordon explain User::bob ticket:read Ticket::T-1004"],
    [
      "from abroad",
      'cordon explain User::ann customer:export Customer::brightwater --context \'{"country": "US"}\'',
    ],
    ["a decision of yesterday", "cordon explain 019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11"],
    ["how safe is this allow?", "cordon explain User::ann ticket:close Ticket::T-1002 --what-if deny"],
  ]);
}
