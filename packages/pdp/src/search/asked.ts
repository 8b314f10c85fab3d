import type { DecodedRequest } from "../pipeline/decode.js";
import type { Outlook } from "./row-filter.js";

/** A search for entities, read. */
export interface Asked {
  /** The type that is searched, as the request calls it. */
  readonly called: string;
  /** The same as Cedar calls it. */
  readonly type: string;
  /** With an id in the place of any. */
  readonly request: DecodedRequest;
  readonly outlook: Outlook;
  requestFor(id: string): object;
}
