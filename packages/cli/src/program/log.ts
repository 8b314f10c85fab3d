import type { Command, Option } from "commander";
import { type ReportExitCode, runs, withExamples, withProject, withServer } from "./command.js";

/** `cordon log`, which lists, and its subcommands. */
export function addLogCommand(program: Command, report: ReportExitCode): void {
  const log = withLocation(
    program
      .command("log")
      .summary("list decisions, show one, verify the log")
      .description("List decisions from the decision log, newest first; `show` one, or `verify` the log."),
  )
    .usage("[options] | show <id> | verify")
    // Options after `show` and `verify` are theirs, also where the list has one of the same name.
    .enablePositionalOptions()
    // What is no subcommand is refused by the list itself, which can say what there is.
    .allowExcessArguments()
    .option("--principal <entity>", "only this principal: `User::ann`, a type, or an id")
    .option("--action <action>", "only this action: `ticket:read`")
    .option("--resource <entity>", "only this resource: `Ticket::T-1042`, a type, or an id")
    .option("--policy <id>", "only decisions determined by this policy")
    .option("--decision <answer>", "only `allow` or `deny`")
    .option("--caller <name>", "only what this caller asked: a key's name, `cordon ask`, …")
    .option("--since <time>", "from this time on: RFC 3339, or how long ago (`15m`, `2h`, `3d`)")
    .option("--until <time>", "before this time")
    .option("-n, --limit <number>", "at most this many (default: 50; 10 before following)")
    .option("--oldest", "oldest first")
    .option("-f, --follow", "wait for new decisions and print them as they come")
    .option("--json", "print NDJSON: one record a line, complete");
  runs(log, report, async () => (await import("../commands/log-list.js")).listLog);
  withExamples(log, [
    ["the latest decisions", "cordon log"],
    [
      "what was denied to Ann since this morning",
      "cordon log --principal User::ann --decision deny --since 8h",
    ],
    [
      "what a policy decided, complete, into a file",
      "cordon log --policy export-abroad --limit 10000 --json > decisions.ndjson",
    ],
    ["watch a server", "cordon log --follow --decision deny --server http://127.0.0.1:8181"],
  ]);
  addShow(log, report);
  addVerify(log, report);
}

function addShow(log: Command, report: ReportExitCode): void {
  const command = withoutFilters(
    log
      .command("show")
      .summary("show one decision")
      .description("Show one decision with all that it was decided on.")
      .argument("<id>", "the decision's id, as answers and `cordon log` show it"),
  )
    .option("-w, --why", "decide it again by the bundle of that time and explain, clause by clause")
    .option("--all", "with --why: explain policies that were nowhere near, too")
    .option("--json", "print the record as one JSON object");
  runs(command, report, async () => (await import("../commands/log-show.js")).showRecord);
  withExamples(command, [["why was that?", "cordon log show 019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11 --why"]]);
}

function addVerify(log: Command, report: ReportExitCode): void {
  const command = withoutFilters(
    log
      .command("verify")
      .summary("verify that no record was altered, removed or reordered")
      .description(
        "Verify the hash chain: finds any record that was altered, removed or reordered. Exits with 1 if there is one.",
      ),
  )
    .option(
      "--pin <seq:hash>",
      "a `head` that an earlier verification printed: the log must still contain it, so that not even a rewrite of the whole file goes unnoticed",
    )
    .option("--json", "print the result as one JSON object");
  runs(command, report, async () => (await import("../commands/log-verify.js")).verifyLog);
  withExamples(command, [
    ["the log of the project in this folder", "cordon log verify"],
    ["from a nightly job", "cordon log verify --project /srv/policies --json"],
  ]);
}

/** The list's own options and arguments are none of a subcommand's, although the list is its parent. */
function withoutFilters(command: Command): Command {
  const visibleGlobalOptions = (): Option[] => {
    let root = command;
    while (root.parent !== null) root = root.parent;
    return root.options.filter(({ hidden }) => !hidden);
  };
  return withLocation(
    command
      // The list's leniency with arguments is inherited otherwise.
      .allowExcessArguments(false)
      .configureHelp({ ...command.configureHelp(), visibleGlobalOptions }),
  );
}

function withLocation(command: Command): Command {
  return withServer(withProject(command));
}
