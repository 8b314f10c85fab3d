import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples } from "./command.js";

export function addCompletionCommand(program: Command, report: ReportExitCode): void {
  const command = program
    .command("completion")
    .summary("complete commands, options and names in your shell")
    .description(
      "Print a script that completes commands, options, and the names of a project: its principals, actions, resources and policies.",
    )
    .argument("<shell>", "bash, zsh or fish");
  runs(command, report, async () => (await import("../commands/completion.js")).completion(program));
  withExamples(command, [
    ["fish", "cordon completion fish > ~/.config/fish/completions/cordon.fish"],
    ["bash: in ~/.bashrc", "source <(cordon completion bash)"],
    ["zsh: in ~/.zshrc, after compinit", "source <(cordon completion zsh)"],
  ]);
  // What the scripts ask; nobody types it.
  const hidden = program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .helpOption(false)
    .allowUnknownOption();
  runs(hidden, report, async () => (await import("../commands/completion.js")).complete);
}
