/** Stable codes of everything the engine rejects outright (as opposed to a policy that errs while evaluated). */
export type EngineErrorCode =
  | "entity_uid_syntax"
  | "value_invalid"
  | "value_type"
  | "extension_value"
  | "entity_invalid"
  | "entity_duplicate"
  | "entity_cycle"
  | "policy_invalid"
  | "policy_too_deep"
  | "policy_duplicate"
  | "bundle_invalid";

/** Input the engine cannot take: a malformed policy, value, entity or bundle. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  readonly help: string | null;
  /** JSON pointer to the offending member of the input, where there is one. */
  readonly path: string | undefined;

  constructor(code: EngineErrorCode, message: string, options: { help?: string | null; path?: string } = {}) {
    super(message);
    this.code = code;
    this.help = options.help ?? null;
    this.path = options.path;
  }
}

/** Stable codes of the errors a policy can run into while it is evaluated. */
export type EvaluationErrorCode =
  | "entity_does_not_exist"
  | "attribute_does_not_exist"
  | "tag_does_not_exist"
  | "type_error"
  | "integer_overflow"
  | "extension_error"
  | "wrong_argument_count"
  | "unknown_extension_function"
  | "unknown_value";

/** Why a policy could not be evaluated, in Cedar's own words. */
export interface EvaluationError {
  code: EvaluationErrorCode;
  message: string;
  help: string | null;
}
