import type { Credentials } from "@cordon/engine";
import { fingerprintOf } from "../certificate.js";
import type { EntityAnswer, SourceEnvironment } from "../context-source.js";
import { at } from "../json-pointer.js";
import { TokenRefused } from "./refusal.js";
import type { SessionSettings } from "./settings.js";
import type { VerifiedToken } from "./verified-token.js";

/**
 * A token that is bound to a key is worth nothing without it (RFC 8705, section 3, and RFC 9449, section 6).
 *
 * @throws TokenRefused
 */
export function checkBinding({ claims }: VerifiedToken, { clientCertificate }: Credentials): void {
  const bound = claims.cnf;
  if (bound === undefined) return;
  const thumbprint = at(bound, ["x5t#S256"]);
  if (typeof thumbprint !== "string") {
    throw new TokenRefused("the token is bound to a key whose possession is not proven here");
  }
  const shown = clientCertificate === undefined ? undefined : fingerprintOf(clientCertificate);
  if (shown === undefined || Buffer.from(shown, "hex").toString("base64url") !== thumbprint) {
    throw new TokenRefused("the token is bound to a certificate that was not shown");
  }
}

/**
 * Asks whether the session that a token was issued in still goes on.
 *
 * @throws TokenRefused for one that is unknown or revoked
 * @throws SourceError where that can't be told
 */
export function checkSession(
  { type, id, revoked }: SessionSettings,
  { claims }: VerifiedToken,
  ask: NonNullable<SourceEnvironment["ask"]>,
  options: { maxAgeMs: number | undefined; signal: AbortSignal },
): undefined | Promise<undefined> {
  const session = at(claims, id);
  if (typeof session !== "string" || session === "") throw new TokenRefused("the token names no session");
  const attributes = new Set(revoked === undefined ? [] : [revoked]);
  const check = (known: EntityAnswer | null): undefined => {
    if (known === null) throw new TokenRefused("the session of the token has ended");
    const value = revoked === undefined ? undefined : known.attrs.get(revoked);
    // A time of revocation says it as well as a flag does.
    if (value !== undefined && value !== false)
      throw new TokenRefused("the session of the token was revoked");
  };
  const question = { type, id: session, attributes, maxAgeMs: options.maxAgeMs };
  const answer = ask(question, options.signal);
  return answer instanceof Promise ? answer.then(check) : check(answer);
}
