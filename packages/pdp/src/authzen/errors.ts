export type AuthzenErrorCode = "missing_member" | "wrong_type" | "unknown_semantic" | "too_many_evaluations";

/**
 * A request body that is not an AuthZEN request. Inside a batch the same error stands in the place of the
 * item it concerns, because AuthZEN answers such an item with a deny and goes on with the rest.
 */
export class AuthzenError extends Error {
  override readonly name = "AuthzenError";

  constructor(
    readonly code: AuthzenErrorCode,
    message: string,
    /** RFC 6901 pointer, into the body of the HTTP request, of the member that is wrong. */
    readonly pointer: string,
    readonly help: string,
  ) {
    super(message);
  }
}
