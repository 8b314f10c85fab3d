import type { Credentials } from "@cordon/engine";
import { type CredentialOptions, credentialsOf } from "@cordon/gates/express";
import type { Request } from "express";
import { decodeJwt } from "jose";

/** What came with a request that the decision server verifies itself: token, address, device. */
export const PASSED_ON: CredentialOptions<Request> = {
  token: true,
  address: true,
  deviceId: "x-device-id",
};

/** The same, for questions that handlers ask themselves. */
export function credentials(req: Request): Credentials {
  return credentialsOf(PASSED_ON, req) ?? {};
}

/** Whom somebody signed in as. */
export interface Person {
  type: "User" | "Contact";
  id: string;
}

/**
 * Whom the request's token says it is about. Nobody has verified that here: the decision server does, and denies
 * what isn't so. Null where there is no such token.
 */
export function personOf(req: Request): Person | null {
  const { token } = credentials(req);
  if (token === undefined) return null;
  try {
    const { sub, kind } = decodeJwt(token);
    return sub === undefined ? null : { type: kind === "customer" ? "Contact" : "User", id: sub };
  } catch {
    return null;
  }
}
