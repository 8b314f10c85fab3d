import type { Command } from "commander";
import { type ReportExitCode, runs, withExamples, withProject } from "./command.js";

export function addDevCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("dev")
      .summary("serve, and check and test at each save")
      .description(
        "Serve a project while you write it: every save is checked, tested and, where it has no errors, served at once. A project with errors is waited for. On a terminal it keeps a screen, elsewhere it prints a line for each thing that happens.",
      ),
  )
    .option("--host <address>", "the address to bind (default: 127.0.0.1)")
    .option("--port <number>", "the port to bind; 0 picks a free one (default: 8181)")
    .option("--tls-key <file>", "serve over TLS: the private key, PEM")
    .option("--tls-cert <file>", "serve over TLS: the certificate chain, PEM")
    .option("--log <mode>", "the decision log: durable, buffered or off (default: durable)")
    .option("--public-url <url>", "the address callers use, where a proxy stands before the server")
    .option("--plain", "print lines, also on a terminal");
  runs(command, report, async () => (await import("../commands/dev.js")).dev);
  withExamples(command, [
    ["the project in this folder", "cordon dev"],
    ["another one, on a free port", "cordon dev --project examples/helpdesk --port 0"],
  ]);
}
