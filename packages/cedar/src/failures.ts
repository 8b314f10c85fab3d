/** Everything this package throws, by its stable code. What is wrong with a user's project is a `Diagnostic`, not an error. */
export type CedarErrorCode =
  | "wasm_incompatible"
  | "call_malformed"
  | "front_end_disagrees"
  | "position_out_of_range";

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
