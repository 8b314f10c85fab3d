import type { Credentials } from "@cordon/engine";
import { escapePointer, isPlainObject, malformed } from "./admission.js";

const MEMBERS: readonly (keyof Credentials)[] = [
  "token",
  "ip",
  "forwardedFor",
  "deviceId",
  "clientCertificate",
];
const HELP = `credentials are text: ${MEMBERS.map((name) => `\`${name}\``).join(", ")}`;

/**
 * Reads the credentials of a native request. An empty text is no credential: it says what a header that is
 * not there says. Members of other names are for versions to come.
 *
 * @throws RequestError for credentials that are not text
 */
export function decodeCredentials(input: unknown): Credentials | null {
  if (input === undefined || input === null) return null;
  if (!isPlainObject(input)) {
    throw malformed("member_type", "`credentials` must be an object", "/credentials", HELP);
  }
  const given = input as Record<string, unknown>;
  const credentials: Credentials = {};
  for (const name of Object.keys(given)) {
    const value = given[name];
    const at = `/credentials/${escapePointer(name)}`;
    const known = MEMBERS.find((member) => member === name);
    if (known === undefined || value === undefined) continue;
    if (typeof value !== "string") throw malformed("member_type", `\`${name}\` must be text`, at, HELP);
    if (value !== "") credentials[known] = value;
  }
  return credentials;
}

/**
 * Credentials in the context would be evaluated and logged like any other member.
 *
 * @throws RequestError where there are any
 */
export function refuseCredentialsInContext(context: object | null): void {
  if (context === null || !Object.hasOwn(context, "credentials")) return;
  const help = "give them as `credentials` of the request, beside `context`";
  throw malformed(
    "member_reserved",
    "`credentials` can't be a member of the context",
    "/context/credentials",
    help,
  );
}
