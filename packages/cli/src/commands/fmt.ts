import { text as readAll } from "node:stream/consumers";
import { PolicyFormatter } from "@cordon/analysis/formatting";
import type { Diagnostic } from "@cordon/cedar";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { findPolicyFiles, readPolicyFile } from "../format/policy-files.js";
import { jsonLine } from "../json-output.js";
import { counted } from "../render/count.js";
import { renderDiagnostics } from "../render/diagnostics.js";
import type { Terminal } from "../terminal.js";
import { writeOutput } from "../write-output.js";

interface FmtOptions {
  project?: string;
  check?: boolean;
  stdin?: boolean;
  json?: boolean;
}

type Input = CommandInput<FmtOptions>;

interface Outcome {
  readonly file: string;
  /** `misformatted` is what `--check` finds; what is `refused` is left as it is. */
  readonly status: "unchanged" | "formatted" | "misformatted" | "refused";
  readonly diagnostics: readonly Diagnostic[];
}

/** Formats policies. Exits with 1 where `--check` finds something to do, with 2 where a file can't be formatted. */
export async function fmt(input: Input): Promise<number> {
  const { args, options, terminal } = input;
  if (options.stdin === true) return formatInput(input);
  const { files, schemas } = await findPolicyFiles(args, options.project);
  for (const schema of schemas) {
    terminal.err(
      `${terminal.errorColor.yellow("warning")}: \`${schema}\` is left as it is\n  ${terminal.errorColor.cyan("help")}: Cedar's formatter for schemas would drop their comments`,
    );
  }
  const formatter = new PolicyFormatter();
  const outcomes: Outcome[] = [];
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = await readPolicyFile(file);
    texts.set(file.shown, text);
    const result = formatter.format(text, file.shown);
    const status = !result.ok
      ? "refused"
      : result.text === text
        ? "unchanged"
        : options.check === true
          ? "misformatted"
          : "formatted";
    if (result.ok && status === "formatted") await writeOutput(file.path, result.text);
    outcomes.push({ file: file.shown, status, diagnostics: result.ok ? [] : result.diagnostics });
  }
  if (options.json === true) terminal.out(jsonLine({ files: outcomes }));
  else show(outcomes, texts, terminal);
  return codeOf(outcomes);
}

function codeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.some(({ status }) => status === "refused")) return exitCode.unusable;
  return outcomes.some(({ status }) => status === "misformatted") ? exitCode.no : exitCode.ok;
}

function show(outcomes: readonly Outcome[], texts: ReadonlyMap<string, string>, terminal: Terminal): void {
  const { green, yellow, red, dim } = terminal.color;
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (diagnostics.length > 0)
    terminal.err(renderDiagnostics(diagnostics, texts, terminal.errorColor.isColorSupported));
  for (const { file, status } of outcomes) {
    if (status === "formatted") terminal.out(`${green("formatted")} ${file}`);
    if (status === "misformatted") terminal.out(`${yellow("not formatted")} ${file}`);
  }
  const count = (wanted: Outcome["status"]) => outcomes.filter(({ status }) => status === wanted).length;
  const parts = [
    [count("formatted"), "formatted", green],
    [count("misformatted"), "to be formatted", yellow],
    [count("refused"), "left alone because of errors", red],
    [count("unchanged"), "already formatted", dim],
  ] as const;
  const told = parts
    .filter(([number]) => number > 0)
    .map(([number, what, paint]) => paint(`${number} ${what}`));
  terminal.out(`${counted(outcomes.length, "file")}${told.length > 0 ? `: ${told.join(", ")}` : ""}`);
  if (count("misformatted") > 0)
    terminal.err(`${terminal.errorColor.cyan("help")}: \`cordon fmt\` formats them`);
}

/** From standard input to standard output, as editors like it; with `--check` only the exit code speaks. */
async function formatInput({ args, options, terminal }: Input): Promise<number> {
  if (args.length > 0 || options.json === true) {
    throw new CommandError("invalid_argument", "`--stdin` takes neither paths nor `--json`", {
      help: "`cordon fmt --stdin < a.cedar` writes the formatted policies to standard output",
    });
  }
  const text = await readAll(process.stdin);
  const result = new PolicyFormatter().format(text, "stdin");
  if (!result.ok) {
    const color = terminal.errorColor.isColorSupported;
    terminal.err(renderDiagnostics(result.diagnostics, new Map([["stdin", text]]), color));
    return exitCode.unusable;
  }
  if (options.check === true) return result.text === text ? exitCode.ok : exitCode.no;
  process.stdout.write(result.text);
  return exitCode.ok;
}
