import { createHash } from "node:crypto";
import { checkWindow } from "./token-window.js";
import type { VerifiedToken } from "./verified-token.js";

const MAX_ENTRIES = 10_000;

/**
 * Tokens that were verified a moment ago, by their hash, so that a token is no more in memory than it must be.
 * How long one is believed bounds how long a key that the issuer withdrew still counts.
 */
export class VerifiedCache {
  readonly #entries = new Map<string, { readonly token: VerifiedToken; readonly at: number }>();

  constructor(private readonly maxAgeMs: number) {}

  /** @throws TokenRefused where the token was good once and is no longer */
  get(token: string, now: Date, maxAgeMs = this.maxAgeMs): VerifiedToken | undefined {
    const key = hash(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (performance.now() - entry.at >= Math.min(maxAgeMs, this.maxAgeMs)) return undefined;
    checkWindow(entry.token, now);
    // The order of a Map is that of insertion: what was asked for last goes last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.token;
  }

  set(token: string, verified: VerifiedToken): void {
    if (this.maxAgeMs === 0) return;
    if (this.#entries.size >= MAX_ENTRIES) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(hash(token), { token: verified, at: performance.now() });
  }
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
