import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { malformed } from "../pipeline/admission.js";

/** How far a search has come. */
export interface Cursor {
  /** Which of the places that entities come from, in their order. */
  readonly place: number;
  /** The last id of it that was looked at; null: none yet. */
  readonly after: string | null;
}

export const START: Cursor = { place: 0, after: null };

/** What a token belongs to: of anything else it is refused. */
export interface SearchIdentity {
  /** The request without its page. */
  readonly query: string;
  readonly caller: string;
  /** Policies, schema and files that the search goes over. */
  readonly state: string;
}

interface Sealed {
  q: string;
  s: string;
  p: number;
  a: string | null;
  t: number;
}

/** How long a page may be looked at before the next is asked for. */
const LIFETIME_MS = 60 * 60 * 1_000;
const MAC_BYTES = 32;
const PLACE = "/page/token";
const HELP = "search again from the first page";

/**
 * Makes and reads the tokens between pages. Whoever holds one can't change where it points, or use it for another
 * search, as another caller, or once the policies have changed.
 */
export class PageTokens {
  readonly #key: Buffer;

  /** @param key secret of all servers among which pages of one search may be asked for */
  constructor(key: Buffer = randomBytes(MAC_BYTES)) {
    this.#key = key;
  }

  seal(cursor: Cursor, { query, caller, state }: SearchIdentity, now: number): string {
    const sealed: Sealed = {
      q: digest(query, caller),
      s: digest(state),
      p: cursor.place,
      a: cursor.after,
      t: now,
    };
    const body = Buffer.from(JSON.stringify(sealed));
    return Buffer.concat([this.#macOf(body), body]).toString("base64url");
  }

  /** @throws RequestError saying what about it is no good */
  open(token: string, { query, caller, state }: SearchIdentity, now: number): Cursor {
    const bytes = Buffer.from(token, "base64url");
    const [mac, body] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
    const isOurs = mac.length === MAC_BYTES && timingSafeEqual(mac, this.#macOf(body));
    // More than one text decodes to the same bytes.
    if (!isOurs || bytes.toString("base64url") !== token) {
      throw malformed("page_token_invalid", "the token is none that this server made", PLACE, HELP);
    }
    const sealed = JSON.parse(body.toString()) as Sealed;
    if (sealed.q !== digest(query, caller)) {
      throw malformed(
        "page_token_mismatch",
        "the token is for another search, or another caller",
        PLACE,
        HELP,
      );
    }
    if (now - sealed.t > LIFETIME_MS)
      throw malformed("page_token_expired", "the token has expired", PLACE, HELP);
    if (sealed.s !== digest(state)) {
      throw malformed(
        "page_token_outdated",
        "policies, schema or entity files have changed since the page before",
        PLACE,
        HELP,
      );
    }
    return { place: sealed.p, after: sealed.a };
  }

  #macOf(body: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(body).digest();
  }
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
