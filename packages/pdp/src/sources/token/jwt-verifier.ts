import { JsonError, type JsonObject, parseJson } from "@cordon/engine/json";
import { type CompactJWSHeaderParameters, compactVerify, decodeProtectedHeader, errors } from "jose";
import type { IssuerKeys } from "./issuer-keys.js";
import { TokenRefused } from "./refusal.js";
import type { IssuerSettings, TokenSettings } from "./settings.js";
import { windowOf } from "./token-window.js";
import type { TokenVerifier, VerifiedToken } from "./verified-token.js";

/** Longer than honest tokens are, and short enough to look at without thought. */
export const MAX_TOKEN_LENGTH = 16_384;
/** Deeper than claims are, and shallow enough for the stack. */
const MAX_DEPTH = 32;
const DEFAULT_TYPES = ["jwt", "at+jwt"];

export interface KnownIssuer {
  readonly settings: IssuerSettings;
  readonly keys: IssuerKeys;
}

/**
 * Verifies signed tokens (RFC 7519 with the advice of RFC 8725). The header chooses among the keys of the
 * issuer that the settings name, and nothing else: no key, address or certificate in it is looked at.
 */
export class JwtVerifier implements TokenVerifier {
  readonly #issuers: ReadonlyMap<string, KnownIssuer>;
  readonly #settings: TokenSettings;
  readonly #types: ReadonlySet<string>;

  constructor(issuers: readonly KnownIssuer[], settings: TokenSettings) {
    this.#issuers = new Map(issuers.map((issuer) => [issuer.settings.issuer, issuer]));
    this.#settings = settings;
    this.#types = new Set((settings.tokenTypes ?? DEFAULT_TYPES).map(plainType));
  }

  async verify(token: string, now: Date): Promise<VerifiedToken> {
    // The issuer is looked up before it is proven, since it says whose keys prove it.
    const claimed = claimsOf(token);
    const issuer = typeof claimed.iss === "string" ? this.#issuers.get(claimed.iss) : undefined;
    if (issuer === undefined) throw new TokenRefused("the token is from an issuer that is not known here");
    this.#checkHeader(token);
    await this.#checkSignature(token, issuer.keys);
    this.#checkAudience(claimed, issuer.settings);
    for (const name of this.#settings.requiredClaims) {
      if (claimed[name] === undefined) throw new TokenRefused(`the token has no claim \`${name}\``);
    }
    const window = windowOf(claimed, this.#settings, now);
    return { issuer: issuer.settings, claims: claimed, ...window, stale: issuer.keys.stale };
  }

  #checkHeader(token: string): void {
    const { typ, crit } = headerOf(token);
    if (crit !== undefined)
      throw new TokenRefused("the token demands something (`crit`) that is not known here");
    if (typ === undefined && this.#settings.tokenTypes === undefined) return;
    if (typeof typ === "string" && this.#types.has(plainType(typ))) return;
    throw new TokenRefused("the token is of a type (`typ`) that is not accepted here");
  }

  #checkAudience({ aud }: JsonObject, { audience }: IssuerSettings): void {
    if (audience === false) return;
    const wanted: readonly unknown[] = typeof audience === "string" ? [audience] : audience;
    const given: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
    if (!given.some((name) => typeof name === "string" && wanted.includes(name))) {
      throw new TokenRefused("the token is meant for somebody else: its audience (`aud`) is another");
    }
  }

  async #checkSignature(token: string, keys: IssuerKeys): Promise<void> {
    const options = { algorithms: this.#settings.algorithms };
    try {
      await compactVerify(token, keys.find, options);
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return tryEach(token, error, options);
      throw refusalFor(error);
    }
  }
}

/** An issuer that doesn't name its keys: one of those that could fit must. */
async function tryEach(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  options: { algorithms: string[] },
): Promise<void> {
  for await (const key of keys) {
    try {
      await compactVerify(token, key, options);
      return;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw refusalFor(error);
    }
  }
  throw new TokenRefused("the token's signature is wrong");
}

/** What is said of a token that jose rejects; anything but that passes. */
function refusalFor(error: unknown): unknown {
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenRefused("the token's signature is wrong");
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new TokenRefused("the token is signed in a way (`alg`) that is not accepted here");
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new TokenRefused("the token is signed with a key that its issuer does not publish");
  }
  if (error instanceof errors.JOSENotSupported) {
    return new TokenRefused("the token is signed in a way that is not known here");
  }
  // An unusable key raises a TypeError, which is the issuer's fault as much as the token's: no proof either way.
  if (error instanceof errors.JOSEError || error instanceof TypeError) return malformed();
  return error;
}

function malformed(): TokenRefused {
  return new TokenRefused("the token is malformed");
}

/** The claims, losslessly; two of one name are none. */
function claimsOf(token: string): JsonObject {
  const parts = token.split(".");
  const [, payload = ""] = parts;
  if (parts.length !== 3 || !/^[\w-]+$/.test(payload)) throw malformed();
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(payload, "base64url"));
    const claims = parseJson(text, { maxDepth: MAX_DEPTH });
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) return claims;
  } catch (error) {
    if (!(error instanceof JsonError) && !(error instanceof TypeError)) throw error;
  }
  throw malformed();
}

function headerOf(token: string): CompactJWSHeaderParameters {
  try {
    return decodeProtectedHeader(token) as CompactJWSHeaderParameters;
  } catch {
    throw malformed();
  }
}

/** RFC 7515, section 4.1.9: `application/` may be left out, and case doesn't count. */
function plainType(type: string): string {
  return type.toLowerCase().replace(/^application\//, "");
}
