/** Everything this package throws, by its stable code. What is wrong with a user's project is a `Diagnostic`, not an error. */
export type CedarErrorCode =
  /** The installed cedar-wasm isn't one that this package can drive. */
  | "wasm_incompatible"
  /** Cedar's front end and ours don't agree on what is acceptable: a bug of ours. */
  | "front_end_disagrees"
  /** The front end ran out of stack, on input that nests hundreds of levels deep. */
  | "front_end_overflow";

/** A failure of the front end itself, or of the code that calls it. */
export class CedarError extends Error {
  readonly code: CedarErrorCode;
  readonly help: string | null;

  constructor(code: CedarErrorCode, message: string, help: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "CedarError";
    this.code = code;
    this.help = help;
  }
}
