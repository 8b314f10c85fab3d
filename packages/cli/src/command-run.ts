import type { Terminal } from "./terminal.js";

/** What a command gets to work with: its arguments, its options with the global ones, its outlet. */
export interface CommandInput<Options> {
  args: readonly string[];
  options: Options;
  terminal: Terminal;
}

/** Does a command's work and returns its exit code. */
export type CommandRun<Options> = (input: CommandInput<Options>) => Promise<number>;
