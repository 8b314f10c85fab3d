import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

/** `cordon keys` and its subcommands. */
export function addKeysCommand(program: Command, report: ReportExitCode): void {
  const keys = program
    .command("keys")
    .summary("create, list and revoke API keys of the server")
    .description("API keys of the server: who may ask, read the log, administer. Only hashes are stored.");
  withExamples(keys, [
    ["a key for an application that asks", "cordon keys create shop"],
    ["which keys are there?", "cordon keys list"],
  ]);
  addCreate(keys, report);
  addList(keys, report);
  addRevoke(keys, report);
}

function addCreate(keys: Command, report: ReportExitCode): void {
  const command = withProject(
    keys
      .command("create")
      .summary("create a key and print it")
      .description("Create a key and print it, once: it can't be shown again.")
      .argument("<name>", "who it is for; stands in the decision log as the caller"),
  )
    .option(
      "--scope <scope...>",
      "what it may do: evaluate, read-log, administer, provision (default: evaluate); repeat or list several",
    )
    .option("--json", "print one JSON object: key and record");
  runs(command, report, async () => (await import("../commands/keys.js")).createKey);
  withExamples(command, [
    ["an application that asks", "cordon keys create shop"],
    ["an auditor", "cordon keys create audit --scope read-log"],
    ["straight into a variable", 'export CORDON_KEY="$(cordon keys create ci --scope evaluate read-log)"'],
  ]);
}

function addList(keys: Command, report: ReportExitCode): void {
  const command = withProject(
    keys
      .command("list")
      .summary("list the keys by name")
      .description("List the keys by name; never the keys themselves."),
  ).option("--json", "print NDJSON: one key a line");
  runs(command, report, async () => (await import("../commands/keys.js")).listKeys);
  withExamples(command, [["the keys of the project in this folder", "cordon keys list"]]);
}

function addRevoke(keys: Command, report: ReportExitCode): void {
  const command = withProject(
    keys
      .command("revoke")
      .summary("revoke a key")
      .description("Revoke a key: a running server refuses it from its next request on.")
      .argument("<name>", "the key's name"),
  ).option("--json", "print the outcome as one JSON object");
  runs(command, report, async () => (await import("../commands/keys.js")).revokeKey);
  withExamples(command, [["a key that leaked", "cordon keys revoke shop"]]);
}
