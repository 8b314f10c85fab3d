export type StoreErrorCode =
  /** The decision log could not be written. */
  | "log_unavailable"
  /** The log was closed. */
  | "log_closed"
  /** A record with that id, but other content, is in the log. */
  | "duplicate_id"
  /** A record can't be stored as it is. */
  | "record_invalid"
  /** A filter, cursor or option is not of its form. */
  | "filter_invalid"
  /** The store's file can't be opened, read or written. */
  | "store_unavailable"
  /** The file was written by a newer version, or is no store. */
  | "store_incompatible"
  /** Stored content is not what was written. */
  | "store_corrupt"
  /** A live key has that name already, or the name or a scope is not of its form. */
  | "key_invalid"
  | "key_name_taken"
  | "bundle_invalid"
  | "redaction_invalid";

/** Every error of the store and the decision log. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly help: string | null;

  constructor(code: StoreErrorCode, message: string, options?: { help?: string; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.help = options?.help ?? null;
  }
}
