import type { Command } from "commander";
import type { CommandRun } from "../command-run.js";
import { openTerminal } from "../terminal.js";

/** Told the exit code of the command that ran. */
export type ReportExitCode = (code: number) => void;

/**
 * Gives `command` its work. `load` imports the work when the command is really run: `cordon --help` and
 * `cordon --version` never pay for the engine, the parser or the server.
 */
export function runs<Options>(
  command: Command,
  report: ReportExitCode,
  load: () => Promise<CommandRun<Options>>,
): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals() as Options & { color?: boolean };
    const run = await load();
    report(await run({ args: command.args, options, terminal: openTerminal(options.color) }));
  });
}

export function withProject(command: Command): Command {
  return command.option(
    "-p, --project <dir>",
    "the policy project (default: the nearest folder upward that looks like one)",
  );
}

export function withServer(command: Command): Command {
  return command
    .option("-s, --server <url>", "a running server instead of a project folder")
    .option("-k, --key <key>", "API key for the server (default: the variable CORDON_KEY)");
}

/** What a gate would pass on with a request, for the project's sources to verify. */
export function withCredentials(command: Command): Command {
  return command
    .option("--token-file <path>", "the token that proves who asks, in a file; `-` for standard input")
    .option("--ip <address>", "the address that the request comes from")
    .option("--device-id <id>", "the device that the request comes from");
}

/** Examples at the end of a command's help: pairs of what it does and how to type it. */
export function withExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const lines = examples.map(([what, how]) => `  # ${what}\n  ${how}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n\n")}\n`);
}
