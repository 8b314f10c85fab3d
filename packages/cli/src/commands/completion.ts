import type { Command } from "commander";
import type { CommandInput } from "../command-run.js";
import { bashScript } from "../completion/bash.js";
import { type CommandEntry, commandTable, type ProjectValue } from "../completion/command-table.js";
import { fishScript } from "../completion/fish.js";
import { projectValues } from "../completion/project-values.js";
import { zshScript } from "../completion/zsh.js";
import { CommandError, exitCode } from "../failure.js";

const writers: Readonly<Record<string, (program: CommandEntry) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints what a shell sources to complete `program`. */
export function completion(program: Command) {
  return async ({ args: [shell = ""], terminal }: CommandInput<object>): Promise<number> => {
    const write = Object.hasOwn(writers, shell) ? writers[shell] : undefined;
    if (write === undefined) {
      throw new CommandError("invalid_argument", `there is no completion for \`${shell}\``, {
        help: "the shells are `bash`, `zsh` and `fish`",
      });
    }
    terminal.out(write(commandTable(program)).trimEnd());
    return exitCode.ok;
  };
}

const asked: ReadonlySet<string> = new Set<ProjectValue>(["principal", "action", "resource", "policy"]);

/** Called by those scripts at the press of a key: what can't be found is simply not offered. */
export async function complete({ args, terminal }: CommandInput<object>): Promise<number> {
  const [of = "", prefix = "", project = "", ...before] = args;
  if (!asked.has(of)) return exitCode.no;
  try {
    const words = await projectValues({ of: of as ProjectValue, prefix, project, before });
    if (words.length > 0) terminal.out(words.join("\n"));
    return exitCode.ok;
  } catch {
    return exitCode.no;
  }
}
