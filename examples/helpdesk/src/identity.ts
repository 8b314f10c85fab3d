import type { EntityInput } from "@cordon/engine";
import { type CredentialOptions, credentialsOf } from "@cordon/gates/express";
import type { Request } from "express";
import { decodeJwt } from "jose";

/** What came with a request that the decision server verifies itself: token, address, device. */
const PASSED_ON: CredentialOptions<Request> = { token: true, address: true, deviceId: "x-device-id" };

/** Whom somebody signed in as. */
export interface Person {
  type: "User" | "Contact";
  id: string;
}

/** Everything that goes into questions about who asks. */
export const identity = {
  passedOn: PASSED_ON,
  credentials: (req: Request) => credentialsOf(PASSED_ON, req) ?? {},
  /** For the gate: null where nobody is signed in. */
  of: (req: Request): EntityInput | null => personOf(req),
};

/**
 * Whom the request's token says it is about. Nobody has verified that here: the decision server does, and denies
 * what isn't so. Null where there is no such token.
 */
export function personOf(req: Request): Person | null {
  const { token } = identity.credentials(req);
  if (token === undefined) return null;
  try {
    const { sub, kind } = decodeJwt(token);
    return sub === undefined ? null : { type: kind === "customer" ? "Contact" : "User", id: sub };
  } catch {
    return null;
  }
}
