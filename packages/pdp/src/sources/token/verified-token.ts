import type { JsonObject } from "@cordon/engine/json";
import type { IssuerSettings } from "./settings.js";

/** What an issuer vouches for. */
export interface VerifiedToken {
  readonly issuer: IssuerSettings;
  readonly claims: JsonObject;
  /** From when and until when it holds, in milliseconds since 1970, with the tolerance for clocks. */
  readonly from: number;
  readonly until: number;
  /** When the issuer said so, in milliseconds since 1970. */
  readonly obtainedAt: number;
  /** Verified with keys that are older than wanted. */
  readonly stale: boolean;
}

/** Knows whether to believe a token. */
export interface TokenVerifier {
  /**
   * @throws TokenRefused for a token that proves nothing
   * @throws SourceError where that can't be told
   */
  verify(token: string, now: Date, signal: AbortSignal): Promise<VerifiedToken>;
}
