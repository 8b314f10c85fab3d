import { CommanderError } from "commander";
import { exitCode, reportFailure } from "./failure.js";
import { buildProgram } from "./program/program.js";
import { endQuietlyWhenReaderLeaves, openTerminal } from "./terminal.js";

endQuietlyWhenReaderLeaves();
process.on("uncaughtException", endWith);
// The exit code is set, not forced: what was written to a pipe still gets out, and whatever a command
// left open (it should leave nothing) would show as a command that doesn't end.
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let code: number = exitCode.ok;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // Commander has written its own message by now: help and --version end well, the rest is usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.unusable;
    const { color, debug } = program.opts<{ color?: boolean; debug?: boolean }>();
    return reportFailure(error, openTerminal(color), debug === true);
  }
}

/** What escapes from a callback would otherwise end with a stack trace that nobody asked for. */
async function endWith(error: Error): Promise<void> {
  const argv = process.argv.slice(2);
  const color = argv.includes("--no-color") ? false : argv.includes("--color") || undefined;
  process.exit(await reportFailure(error, openTerminal(color), argv.includes("--debug")));
}
