import type { EvaluationError, EvaluationErrorCode } from "./errors.js";

/**
 * Thrown by operators when a policy cannot be evaluated further; caught once per policy.
 * Not an Error on purpose: it never leaves the engine, and a stack trace would cost more than the decision.
 */
export class Failure implements EvaluationError {
  readonly code: EvaluationErrorCode;
  readonly message: string;
  readonly help: string | null;

  constructor(code: EvaluationErrorCode, message: string, help: string | null = null) {
    this.code = code;
    this.message = message;
    this.help = help;
  }
}

/** The failure of an extension function, named as Cedar names it. */
export function extensionFailure(name: string, message: string, help: string | null = null): Failure {
  return new Failure(
    "extension_error",
    `error while evaluating \`${name}\` extension function: ${message}`,
    help,
  );
}
