/** How a source is asked. Times are in milliseconds. */
export interface SourceOptions {
  /** How long one answer may take (default 1,000). */
  readonly timeoutMs?: number;
  /** How often a failed question is asked again, within the time of the request (default 1). */
  readonly retries?: number;
  /**
   * How old an answer may be. Without it nothing is kept, and requests share what is under way; 0 also refuses
   * what was under way when the request came.
   */
  readonly maxAgeMs?: number;
  /** How old an answer may be while the source fails (default 0). */
  readonly staleIfErrorMs?: number;
  /** How much of its answers is kept in memory, in bytes (default 64 MiB). */
  readonly cacheBytes?: number;
  /** How many questions are asked at once (default 8). */
  readonly concurrency?: number;
  /** How many ids a question has at most (default 500). */
  readonly batch?: number;
  /** How many ids may wait (default 20,000). */
  readonly queue?: number;
  /** What differs for types and attributes. */
  readonly types?: ReadonlyMap<string, TypeOptions>;
}

/** Who may say what an attribute is. */
export type Origin = "source" | "caller" | "static";

export interface TypeOptions {
  readonly maxAgeMs?: number;
  /** By attribute. */
  readonly attributes?: ReadonlyMap<string, { readonly maxAgeMs?: number }>;
  /**
   * Whose word counts first for the attributes that the source owns (default source, caller, static). What a
   * source owns and says isn't there, isn't: nobody after it is asked.
   */
  readonly precedence?: readonly Origin[];
}
