import type { JsonObject } from "@cordon/engine/json";
import { TokenRefused } from "./refusal.js";
import type { TokenSettings } from "./settings.js";
import type { VerifiedToken } from "./verified-token.js";

type Window = Pick<VerifiedToken, "from" | "until" | "obtainedAt">;

/** When a token holds, from its times (RFC 7519, section 4.1). One without an end is refused. */
export function windowOf(claims: JsonObject, settings: TokenSettings, now: Date): Window {
  const { clockTolerance, maxTokenAge } = settings;
  const expiry = timeOf(claims, "exp");
  if (expiry === undefined) throw new TokenRefused("the token never expires: it has no `exp`");
  const issued = timeOf(claims, "iat");
  if (maxTokenAge !== undefined && issued === undefined) {
    throw new TokenRefused("the token does not say when it was issued: it has no `iat`");
  }
  const from = Math.max(timeOf(claims, "nbf") ?? 0, issued ?? 0) - clockTolerance;
  const tooOld =
    maxTokenAge === undefined || issued === undefined ? Number.POSITIVE_INFINITY : issued + maxTokenAge;
  const until = Math.min(expiry, tooOld) + clockTolerance;
  return { from, until, obtainedAt: Math.min(issued ?? now.getTime(), now.getTime()) };
}

/** @throws TokenRefused outside the time in which it holds */
export function checkWindow({ from, until }: Window, now: Date): void {
  if (now.getTime() >= until) throw new TokenRefused("the token has expired");
  if (now.getTime() < from) throw new TokenRefused("the token does not hold yet");
}

/** A NumericDate, in milliseconds. */
function timeOf(claims: JsonObject, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value * 1_000;
  throw new TokenRefused(`the claim \`${name}\` of the token is no time`);
}
