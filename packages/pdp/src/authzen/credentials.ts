import type { Credentials } from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { objectAt, stringAt } from "./members.js";

/** Ours, in AuthZEN's manner: what the context's member `credentials` may have. */
const MEMBERS: readonly (readonly [wire: string, native: keyof Credentials])[] = [
  ["token", "token"],
  ["ip", "ip"],
  ["forwarded_for", "forwardedFor"],
  ["device_id", "deviceId"],
  ["client_certificate", "clientCertificate"],
];

/** A body's context, parted into what may be evaluated and what must not. */
export interface SplitContext {
  readonly context?: JsonObject;
  readonly credentials?: Credentials;
}

/**
 * Takes the credentials out of a context, so that nothing that comes after can evaluate or log them.
 *
 * @throws AuthzenError for credentials that are not text
 */
export function splitContext(value: JsonValue, pointer: string): SplitContext {
  const given = objectAt(value, pointer);
  if (given.credentials === undefined) return { context: given };
  const context: JsonObject = Object.create(null);
  for (const name of Object.keys(given)) {
    if (name !== "credentials") context[name] = given[name] as JsonValue;
  }
  return { context, credentials: credentialsAt(given.credentials, `${pointer}/credentials`) };
}

function credentialsAt(value: JsonValue, pointer: string): Credentials {
  const given = objectAt(value, pointer);
  const credentials: Credentials = {};
  for (const [wire, native] of MEMBERS) {
    if (given[wire] !== undefined) credentials[native] = stringAt(given[wire], pointer, wire);
  }
  return credentials;
}
