export type ServerErrorCode =
  /** A host that others can reach, and no API key. */
  | "no_keys"
  | "address_in_use"
  /** The host is not one of this machine, or the port needs privileges. */
  | "address_unavailable"
  | "tls_unreadable"
  | "tls_invalid"
  | "invalid_public_url";

/** Why a server can't start. */
export class ServerError extends Error {
  override readonly name = "ServerError";

  constructor(
    readonly code: ServerErrorCode,
    message: string,
    readonly help: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
