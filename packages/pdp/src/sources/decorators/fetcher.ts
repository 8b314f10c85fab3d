import type { FetchRequest, FetchResult } from "../source.js";

/** A way to ask a source something: what a decorator wraps, and is. */
export type Question<Q, A> = (request: Q, signal: AbortSignal) => Promise<A>;

/** A way to fetch a batch. */
export type Fetcher = Question<FetchRequest, FetchResult>;
