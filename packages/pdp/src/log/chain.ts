import { createHash, createHmac, hash, timingSafeEqual } from "node:crypto";

/** What the first record of a log follows. */
export const GENESIS = "0".repeat(64);

/** The link of a record: over the record before it and the stored bytes of this one. */
export function linkHash(previousHash: string, body: string): string {
  return sha256(`${previousHash}\n${body}`);
}

function sha256(text: string): string {
  // `hash` came with Node 20.12 and is twice as quick for short input
  return typeof hash === "function" ? hash("sha256", text) : createHash("sha256").update(text).digest("hex");
}

/**
 * What the log says it holds. Kept beside the records and sealed with the store's secret, so that records
 * cut off at the end, or a whole log replaced, are noticed too.
 *
 * How far this goes: who can write the database file but not read the secret beside it can't forge a seal.
 * Who has both can rewrite the whole log so that it verifies; only a head hash kept elsewhere (printed by
 * every verification) shows that. And a whole older copy of the file, put back, verifies as what it was.
 */
export interface Anchor {
  firstSeq: number;
  /** Hash that the first record present follows. */
  firstPrevious: string;
  lastSeq: number;
  lastHash: string;
  count: number;
  /** Events so far, and the hash of the last. */
  events: number;
  eventsHash: string;
  /** Which secret sealed it. */
  secretId: string;
}

export const EMPTY_ANCHOR: Omit<Anchor, "secretId"> = {
  firstSeq: 1,
  firstPrevious: GENESIS,
  lastSeq: 0,
  lastHash: GENESIS,
  count: 0,
  events: 0,
  eventsHash: GENESIS,
};

/** What happened to the log as a whole; hash-chained like the records. */
export type LogEvent =
  | {
      kind: "retention";
      lastSeq: number;
      lastHash: string;
      count: number;
      reason: "age" | "size";
      time: string;
    }
  | { kind: "secret_replaced"; lastSeq: number; time: string }
  | { kind: "seal_broken"; lastSeq: number; time: string };

/** Seals anchors with the store's secret. */
export class Sealer {
  readonly secretId: string;
  readonly #key: Buffer;

  constructor(secret: Buffer) {
    this.#key = deriveKey(secret, "seal");
    this.secretId = deriveKey(secret, "id").toString("hex").slice(0, 16);
  }

  seal(anchorText: string): string {
    return createHmac("sha256", this.#key).update(anchorText).digest("hex");
  }

  holds(anchorText: string, seal: string): boolean {
    const expected = Buffer.from(this.seal(anchorText));
    const given = Buffer.from(seal);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

/** A key for one purpose, so that no two uses of the secret can be played against each other. */
export function deriveKey(secret: Buffer, purpose: "seal" | "id" | "redaction" | "paging"): Buffer {
  return createHmac("sha256", secret).update(`cordon ${purpose}`).digest();
}
