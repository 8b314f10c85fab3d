import type { JsonObject } from "@cordon/engine/json";
import { fetchJson } from "../fetch-json.js";
import { TokenRefused } from "./refusal.js";
import type { IntrospectionSettings, IssuerSettings, TokenSettings } from "./settings.js";
import type { TokenVerifier, VerifiedToken } from "./verified-token.js";

/** Asks the issuer itself whether a token holds (RFC 7662). */
export class Introspection implements TokenVerifier {
  constructor(
    private readonly source: string,
    private readonly endpoint: IntrospectionSettings,
    private readonly issuer: IssuerSettings,
    private readonly settings: TokenSettings,
  ) {}

  async verify(token: string, now: Date, signal: AbortSignal): Promise<VerifiedToken> {
    const claims = await this.#ask(token, signal);
    if (claims.active !== true) throw new TokenRefused("the token is no longer active at its issuer");
    this.#check(claims);
    const { clockTolerance } = this.settings;
    // The issuer has looked at the times itself, so one that it doesn't tell is no fault.
    const until =
      typeof claims.exp === "number" ? claims.exp * 1_000 + clockTolerance : Number.POSITIVE_INFINITY;
    return { issuer: this.issuer, claims, from: 0, until, obtainedAt: now.getTime(), stale: false };
  }

  async #ask(token: string, signal: AbortSignal): Promise<JsonObject> {
    const { url, clientId, clientSecret } = this.endpoint;
    const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const answer = await fetchJson(this.source, "what the issuer says of the token", url, {
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, token_type_hint: "access_token" }).toString(),
      signal,
    });
    return typeof answer === "object" && answer !== null && !Array.isArray(answer) ? answer : {};
  }

  #check({ iss, aud }: JsonObject): void {
    const { issuer, audience } = this.issuer;
    if (iss !== undefined && iss !== issuer) throw new TokenRefused("the token is from another issuer");
    if (audience === false) return;
    const wanted: readonly unknown[] = typeof audience === "string" ? [audience] : audience;
    const given: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
    if (!given.some((name) => wanted.includes(name))) {
      throw new TokenRefused("the token is meant for somebody else: its audience (`aud`) is another");
    }
  }
}
