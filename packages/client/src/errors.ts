/**
 * Why there is no answer.
 *
 * - `network`: the server can't be reached, or the connection broke.
 * - `timeout`: no complete answer within `timeoutMs`.
 * - `aborted`: the caller's own signal ended the wait.
 * - `unauthorized`: the key is missing, unknown or lacks the scope (HTTP 401, 403).
 * - `overloaded`: the server asks to come back later (HTTP 429, 503).
 * - `server_error`: any other status that is not an answer.
 * - `bad_answer`: something answered, but not as AuthZEN demands.
 */
export type UnavailableCode =
  | "network"
  | "timeout"
  | "aborted"
  | "unauthorized"
  | "overloaded"
  | "server_error"
  | "bad_answer";

interface Details {
  help?: string;
  status?: number;
  cause?: unknown;
}

/** No answer could be had. It is never a deny and never an allow: whoever enforces must refuse. */
export class DeciderUnavailable extends Error {
  override readonly name: string = "DeciderUnavailable";
  readonly code: UnavailableCode;
  readonly help: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(code: UnavailableCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.help = details.help ?? "";
    this.status = details.status;
  }
}

/** The server wants a key, or another one. Waiting and asking again won't help. */
export class Unauthorized extends DeciderUnavailable {
  override readonly name = "Unauthorized";

  constructor(message: string, details: Details = {}) {
    super("unauthorized", message, details);
  }
}

/** `connect` was given a URL or a timeout it can't work with. */
export class ConnectError extends TypeError {
  override readonly name = "ConnectError";
  readonly code: "invalid_url" | "invalid_timeout";
  readonly help: string;

  constructor(code: "invalid_url" | "invalid_timeout", message: string, help: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}
