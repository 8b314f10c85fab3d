import type { Diagnostic } from "@cordon/cedar";
import type { Terminal } from "./terminal.js";

/** Exit codes of every command: the answer was yes, the answer was no, there is no answer. */
export const exitCode = { ok: 0, no: 1, unusable: 2 } as const;

/** Codes of errors that the command itself raises; those of the packages below keep their own. */
export type CommandErrorCode =
  | "invalid_argument"
  | "no_project"
  | "no_schema"
  | "not_found"
  | "files_exist"
  | "no_store"
  | "unreadable_file"
  | "unwritable_file"
  | "server_answer";

/** Something the user can mend: shown as message and help, never as a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: CommandErrorCode;
  readonly help: string | undefined;

  constructor(code: CommandErrorCode, message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.help = options.help;
  }
}

/** A project with errors, for commands that can do nothing without a bundle. */
export class InvalidProject extends Error {
  override readonly name = "InvalidProject";
  readonly code = "project_invalid";
  readonly help = "mend what is shown above; `cordon check` shows it again";

  constructor(
    folder: string,
    readonly diagnostics: readonly Diagnostic[],
    readonly texts: ReadonlyMap<string, string>,
  ) {
    super(`the project \`${folder}\` is not valid`);
  }
}

/** An error of this product: it has a stable `code` and a message written for its reader. */
interface Presentable extends Error {
  code: string;
  help?: string | null;
  path?: string | null;
}

/** A project that doesn't validate: its diagnostics say more than its message. */
interface WithDiagnostics extends Error {
  diagnostics: readonly Diagnostic[];
  texts?: ReadonlyMap<string, string>;
}

/**
 * Shows an error on standard error and says which exit code it means. Without `debug` nothing of our
 * insides is shown: what is not written for a reader becomes one line that tells how to see more.
 */
export async function reportFailure(error: unknown, terminal: Terminal, debug: boolean): Promise<number> {
  if (isWithDiagnostics(error)) await showDiagnostics(error, terminal);
  else terminal.err(describe(error, terminal));
  if (debug) terminal.err(terminal.errorColor.dim(stackOf(error)));
  return exitCode.unusable;
}

function describe(error: unknown, terminal: Terminal): string {
  const { red, bold, cyan } = terminal.errorColor;
  const title = red(bold("error"));
  if (!isPresentable(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return `${title}: ${message}\n  ${cyan("help")}: unexpected; run again with --debug for details`;
  }
  const where = error.path ? ` at \`${error.path}\`` : "";
  const help = error.help ? `\n  ${cyan("help")}: ${error.help}` : "";
  return `${title}: ${error.message}${where}${help}`;
}

async function showDiagnostics(error: WithDiagnostics, terminal: Terminal): Promise<void> {
  const { renderDiagnostics } = await import("./render/diagnostics.js");
  terminal.err(renderDiagnostics(error.diagnostics, error.texts, terminal.errorColor.isColorSupported));
  terminal.err(describe(error, terminal));
}

function isPresentable(error: unknown): error is Presentable {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  // Errors of the platform carry a code too (`ENOENT`, `ERR_…`), but their messages are for programmers.
  return /^[a-z_]+$/.test(error.code);
}

function isWithDiagnostics(error: unknown): error is WithDiagnostics {
  return (
    error instanceof Error &&
    "diagnostics" in error &&
    Array.isArray(error.diagnostics) &&
    error.diagnostics.length > 0
  );
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
