import { typedId } from "./lookups.js";
import { literal, quote } from "./sql-text.js";

/** How sessions say who asks. */
export type SessionKind = "signed" | "plain";

/** The setting of a session that holds who asks, where that is signed. */
export const SIGNED_SETTING = "cordon.session";
/** The settings of a session that hold who asks, where they are not signed. */
export const PLAIN_SETTINGS = {
  type: "cordon.principal_type",
  id: "cordon.principal",
  context: "cordon.context",
} as const;

interface SessionOptions {
  readonly schema: string;
  readonly session: SessionKind;
  readonly refusedMember?: string | undefined;
}

/** The functions that know who asks: NULL where nobody said so, or where what was said isn't signed. */
export function sessionFunctions({ schema, session: kind, refusedMember }: SessionOptions): string[] {
  const define = (name: string, returns: string, body: string): string =>
    `CREATE FUNCTION ${quote(schema)}.${quote(name)}() RETURNS ${returns} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER\nBEGIN ATOMIC\n  ${body};\nEND;`;
  const call = (name: string): string => `${quote(schema)}.${quote(name)}()`;
  const values =
    kind === "plain"
      ? {
          type: setting(PLAIN_SETTINGS.type),
          id: plain(PLAIN_SETTINGS.id),
          context: `${setting(PLAIN_SETTINGS.context)}::jsonb`,
        }
      : {
          type: `${call("session")} ->> 'type'`,
          id: `${call("session")} ->> 'id'`,
          context: `${call("session")} -> 'context'`,
        };
  const refused =
    refusedMember === undefined ? "" : `${call("context")} -> ${literal(refusedMember)} IS NULL`;
  return [
    ...(kind === "signed" ? [define("session", "jsonb", signedSession(schema))] : []),
    define("context", "jsonb", `SELECT coalesce(${values.context}, '{}'::jsonb)`),
    define(
      "principal_type",
      "text",
      refused === "" ? `SELECT ${values.type}` : `SELECT CASE WHEN ${refused} THEN ${values.type} END`,
    ),
    define("principal", "text", `SELECT ${values.id}`),
    ...(["integer", "uuid"] as const).map((form) =>
      define(
        `principal_${form}`,
        form === "integer" ? "bigint" : "uuid",
        `SELECT ${typedId("p.id", form)} FROM (SELECT ${call("principal")} AS id) p`,
      ),
    ),
  ];
}

function setting(name: string): string {
  return `nullif(current_setting(${literal(name)}, true), '')`;
}

/** An id may be empty; without a principal's type nobody asks for it. */
function plain(name: string): string {
  return `current_setting(${literal(name)}, true)`;
}

/**
 * The payload of the session's token, where it is signed for this very transaction: by HMAC-SHA-256 with a key of
 * which the two padded forms are stored. Macs are compared by their hashes under the key, so that how long that
 * takes tells nothing.
 */
function signedSession(schema: string): string {
  const mac = (message: string): string => `sha256(k.outer_pad || sha256(k.inner_pad || ${message}))`;
  const hex = (mac: string): string => `convert_to(encode(${mac}, 'hex'), 'UTF8')`;
  const payload = "substr(t.token, 66)";
  const wanted = mac(hex(mac(`convert_to(${payload}, 'UTF8')`)));
  const given = mac("convert_to(substr(t.token, 1, 64), 'UTF8')");
  return `SELECT CASE WHEN (s.payload ->> 'pid')::integer = pg_backend_pid() AND s.payload ->> 'at' = extract(epoch FROM transaction_timestamp())::text THEN s.payload END
  FROM (
    SELECT CASE WHEN EXISTS (SELECT 1 FROM ${quote(schema)}."secrets" k WHERE ${wanted} = ${given}) THEN ${payload}::jsonb END AS payload
    FROM (SELECT current_setting(${literal(SIGNED_SETTING)}, true) AS token) t
  ) s`;
}
