/** Why a source gave no answer. */
export type SourceErrorCode =
  /** No answer in time. */
  | "source_timeout"
  /** It can't be reached. */
  | "source_unreachable"
  /** It answered that it won't: credentials, permissions, an error status. */
  | "source_refused"
  /** What came can't be read, or is larger than may be taken. */
  | "source_malformed"
  /** What came is not of the types that the schema declares. */
  | "source_mismatch"
  /** More is waiting for it than may wait. */
  | "source_overloaded"
  /** It failed again and again and is left alone for a moment. */
  | "source_suspended"
  /** Its settings can't be used, or a secret they name is missing. */
  | "source_settings"
  /** The request would have needed more rounds or time than it may take. */
  | "source_given_up"
  /** It was closed. */
  | "source_closed"
  /** It broke in a way that none of these names. */
  | "source_failed";

/** Codes of failures that may be gone a moment later. */
const PASSING: ReadonlySet<SourceErrorCode> = new Set([
  "source_timeout",
  "source_unreachable",
  "source_overloaded",
  "source_failed",
]);

/**
 * A source that failed. Message and help name what is wrong and never hold a secret: no passwords of URLs, no
 * headers, no tokens. The cause stays out of it for the same reason.
 */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code: SourceErrorCode;
  /** The name of the source. */
  readonly source: string;
  readonly help: string;
  /** Whether asking again may give an answer. */
  readonly passing: boolean;

  constructor(
    code: SourceErrorCode,
    source: string,
    message: string,
    help: string,
    options: { passing?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.source = source;
    this.help = help;
    this.passing = options.passing ?? PASSING.has(code);
  }
}
