import type { FetchRequest, FetchResult } from "../source.js";

/** What a decorator wraps and is: a way to fetch a batch. */
export type Fetcher = (request: FetchRequest, signal: AbortSignal) => Promise<FetchResult>;
