import { type Diagnostic, renderDiagnostic } from "@cordon/cedar";

/**
 * Why a project or its store can't be used.
 *
 * - `project_missing`: there is no such folder.
 * - `project_invalid`: at least one file has an error; every one of them is in `diagnostics`.
 * - `store_unavailable`: the decision store can't be opened or written.
 * - `source_invalid`: a source can't be opened as it is declared.
 * - `closed`: the decider was closed.
 * - `record_missing`, `bundle_missing`, `log_off`: a replay lacks what it needs.
 * - `not_replayable`: the record is of a search, which is answered by searching.
 */
export type ProjectErrorCode =
  | "project_missing"
  | "project_invalid"
  | "store_unavailable"
  | "source_invalid"
  | "closed"
  | "record_missing"
  | "bundle_missing"
  | "log_off"
  | "not_replayable";

/** A problem that stops a project from being used; `render` shows each diagnostic in its source. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  readonly code: ProjectErrorCode;
  readonly help: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file that a diagnostic can name, by the name that it uses. */
  readonly texts: ReadonlyMap<string, string>;

  constructor(
    code: ProjectErrorCode,
    message: string,
    help: string,
    found: { diagnostics?: readonly Diagnostic[]; texts?: ReadonlyMap<string, string>; cause?: unknown } = {},
  ) {
    super(message, found.cause === undefined ? undefined : { cause: found.cause });
    this.code = code;
    this.help = help;
    this.diagnostics = found.diagnostics ?? [];
    this.texts = found.texts ?? new Map();
  }

  /** The message and help, and each diagnostic with its source line underlined. */
  render(options: { color?: boolean } = {}): string {
    if (this.diagnostics.length === 0) return `${this.message}\nhelp: ${this.help}`;
    return renderDiagnostics(this.diagnostics, this.texts, options);
  }
}

/** Each diagnostic with its source line underlined, one blank line between two. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  options: { color?: boolean } = {},
): string {
  return diagnostics.map((d) => renderDiagnostic(d, texts.get(d.file), options)).join("\n\n");
}

/** The first error in one line, and how many more there are. */
export function summariseDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === "error");
  const [first] = errors;
  if (first === undefined) return "no errors";
  const at = first.range === undefined ? "" : `:${first.range.start.line}:${first.range.start.column}`;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  return `${first.file}${at}: ${first.message}${more}`;
}
