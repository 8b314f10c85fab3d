import { Command, Option } from "commander";
import { packageVersion } from "../package-version.js";
import { wantsColor } from "../terminal.js";
import { addCheckCommand } from "./check.js";
import {
  type ReportExitCode,
  runs,
  withCredentials,
  withExamples,
  withProject,
  withServer,
} from "./command.js";
import { addCompletionCommand } from "./completion.js";
import { addDevCommand } from "./dev.js";
import { addExplainCommand } from "./explain.js";
import { addFieldsCommand } from "./fields.js";
import { addFmtCommand } from "./fmt.js";
import { addInitCommand } from "./init.js";
import { addKeysCommand } from "./keys.js";
import { addLogCommand } from "./log.js";
import { addLspCommand } from "./lsp.js";
import { addPlanCommand } from "./plan.js";
import { addRlsCommand } from "./rls.js";
import { addWhatCanCommand, addWhoCanCommand } from "./search.js";
import { addSourcesCommand } from "./sources.js";
import { addTestCommand } from "./test.js";
import { addTypegenCommand } from "./typegen.js";

const exitCodes = `
Exit codes:
  0  yes: the answer was allow, the check passed, the work is done
  1  no: the answer was deny, or a verification failed
  2  no answer: wrong usage, an invalid project, a server that can't be reached
`;

/** The command line: names, options and help. The work of each command is imported when it is run. */
export function buildProgram(report: ReportExitCode): Command {
  const program = new Command("cordon")
    .description("Access control decided at the moment of the action, by rules a person can read.")
    .version(packageVersion(), "-V, --version", "print the version")
    .option("--color", "colour the output even where it is not a terminal")
    .option("--no-color", "never colour the output (the variable NO_COLOR does the same)")
    .option("--debug", "show stack traces of errors")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", exitCodes)
    .configureOutput({
      outputError: (text, write) => write(inOurVoice(text)),
      getOutHasColors: () => wantsColor(undefined, process.stdout),
      getErrHasColors: () => wantsColor(undefined, process.stderr),
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => `\u001b[1m${title}\u001b[22m` })
    .exitOverride();
  withExamples(program, [
    ["start a project", "cordon init"],
    ["check the project in this folder", "cordon check"],
    ["ask it a question", "cordon ask User::ann ticket:read Ticket::T-1042 --why"],
    ["serve it over AuthZEN", "cordon serve --project examples/helpdesk --port 8080"],
    ["what was denied in the last hour?", "cordon log --decision deny --since 1h"],
  ]);
  addInitCommand(program, report);
  addDevCommand(program, report);
  addServeCommand(program, report);
  addCheckCommand(program, report);
  addTestCommand(program, report);
  addFmtCommand(program, report);
  addAskCommand(program, report);
  addExplainCommand(program, report);
  addPlanCommand(program, report);
  addWhoCanCommand(program, report);
  addWhatCanCommand(program, report);
  addFieldsCommand(program, report);
  addRlsCommand(program, report);
  addLogCommand(program, report);
  addKeysCommand(program, report);
  addSourcesCommand(program, report);
  addBundleCommand(program, report);
  addLspCommand(program, report);
  addTypegenCommand(program, report);
  addCompletionCommand(program, report);
  return program;
}

function addServeCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("serve")
      .summary("serve a project's decisions over AuthZEN")
      .description(
        "Serve a project's decisions over AuthZEN. Prints `listening on URL` on standard output when ready; its log goes to standard error.",
      ),
  )
    .option("--host <address>", "the address to bind (default: 127.0.0.1)")
    .option("--port <number>", "the port to bind; 0 picks a free one (default: 8181)")
    .option("--tls-key <file>", "serve over TLS: the private key, PEM")
    .option("--tls-cert <file>", "serve over TLS: the certificate chain, PEM")
    .option("--log <mode>", "the decision log: durable, buffered or off (default: durable)")
    .option("--public-url <url>", "the address callers use, where a proxy stands before the server")
    .option("--no-watch", "don't follow changes of the project's files")
    .option("--log-level <level>", "how much the server reports: debug, info, warn, error, silent", "info")
    .option("--pretty", "report in lines for people (default where standard error is a terminal)");
  runs(command, report, async () => (await import("../commands/serve.js")).serve);
  withExamples(command, [
    ["the project in this folder, on a free port", "cordon serve --port 0"],
    [
      "for other machines, over TLS (create a key first: `cordon keys create`)",
      "cordon serve --host 0.0.0.0 --port 8443 --tls-key key.pem --tls-cert cert.pem",
    ],
  ]);
}

function addAskCommand(program: Command, report: ReportExitCode): void {
  const command = withCredentials(
    withServer(
      withProject(
        program
          .command("ask")
          .summary("ask whether somebody may do something")
          .description(
            "Ask whether PRINCIPAL may do ACTION on RESOURCE. Exits with 0 for allow, 1 for deny, 2 where there is no answer, so that `cordon ask … && act` never acts on a deny.",
          )
          .argument("<principal>", "who asks: `User::ann` or `'User::\"ann\"'`")
          .argument("<action>", "what for: `ticket:read` or `'Action::\"ticket:read\"'`")
          .argument("<resource>", "on what: `Ticket::T-1042`"),
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
    .option("-w, --why", "explain the answer, clause by clause")
    .option("--all", "with --why: explain policies that were nowhere near, too")
    .option(
      "--at <time>",
      "answer as if it were this time (RFC 3339, or `2h` for two hours ago); such an answer is not logged",
    )
    .option("--no-log", "don't write the decision to the project's decision log")
    .option("--json", "print one JSON object: the decision and, with --why, the explanation");
  runs(command, report, async () => (await import("../commands/ask.js")).ask);
  withExamples(command, [
    ["a question to the project in this folder", "cordon ask User::ann ticket:read Ticket::T-1042"],
    [
      "with context, explained",
      'cordon ask User::ann customer:export Customer::cobalt --context \'{"country": "DE"}\' --why',
    ],
    [
      "about an amount",
      "cordon ask User::cleo invoice:refund Invoice::INV-2001 --action-properties '{\"amount\": 120}'",
    ],
    ["at night", "cordon ask User::ann ticket:read Ticket::T-1042 --at 2026-11-24T23:30:00Z"],
    [
      "a running server, in a script",
      "cordon ask User::ann ticket:read Ticket::T-1042 --server http://127.0.0.1:8181 --json",
    ],
  ]);
}

function addBundleCommand(program: Command, report: ReportExitCode): void {
  const command = withProject(
    program
      .command("bundle")
      .summary("build the project's bundle and print its id")
      .description(
        "Build the project's bundle: validated, hashed, and loadable without a parser. Prints its id, which is a hash of all the rest.",
      ),
  )
    .option("-o, --out <file>", "write the bundle here (`-`: standard output, the id to standard error)")
    .addOption(
      new Option(
        "-t, --target <form>",
        "JSON to load, or a JavaScript module that exports a ready `authorizer`",
      )
        .choices(["json", "esm"])
        .default("json"),
    )
    .option("--json", "print one JSON object: id, file, counts");
  runs(command, report, async () => (await import("../commands/bundle.js")).bundle);
  withExamples(command, [
    ["the id of what this folder says now", "cordon bundle"],
    ["a file to load with `@cordon/engine`", "cordon bundle --out helpdesk.bundle.json"],
    ["compiled ahead, for a browser or an edge worker", "cordon bundle --target esm --out policies.mjs"],
  ]);
}

/** Commander says `error: unknown option '--x'`; ours are in backticks, with help apart. */
function inOurVoice(text: string): string {
  const [first = "", ...rest] = text.trimEnd().split("\n");
  const message = first
    .replaceAll(/'([^']*)'/g, "`$1`")
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.?$/, ": expected $1, got $2")
    .replace(/\.$/, "");
  const help = rest.map((line) =>
    line.replace(/^\((.*)\)$/, "$1").replace(/^Did you mean (.*)\?$/, "did you mean `$1`?"),
  );
  const lines = help.filter((line) => line.trim() !== "");
  const advice =
    lines.length > 0
      ? lines.join(" ")
      : "`cordon --help` shows all commands, `cordon COMMAND --help` its options";
  return `${message}\n  help: ${advice}\n`;
}
