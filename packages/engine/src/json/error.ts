export type JsonErrorCode =
  | "json_syntax"
  | "json_duplicate_key"
  | "json_too_deep"
  | "json_lone_surrogate"
  | "json_number_range";

/** Text that is not the JSON asked for, and where. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly code: JsonErrorCode;
  readonly help: string | null;
  /** In UTF-16 units from 0. */
  readonly offset: number;
  /** From 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** JSON pointer of the value being read. */
  readonly pointer: string;

  constructor(
    code: JsonErrorCode,
    message: string,
    at: { text: string; offset: number; pointer: string; help?: string },
  ) {
    super(message);
    this.code = code;
    this.help = at.help ?? null;
    this.offset = at.offset;
    const { line, column } = lineAndColumn(at.text, at.offset);
    this.line = line;
    this.column = column;
    this.pointer = at.pointer;
  }
}

/** Counts from 1; a line ends with `\n`. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < offset; end = text.indexOf("\n", start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}
