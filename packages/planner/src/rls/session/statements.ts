import { createHmac } from "node:crypto";
import { PLAIN_SETTINGS, SIGNED_SETTING } from "../session-functions.js";
import { literal, quote } from "../sql-text.js";

/** Who asks, for the length of a transaction. */
export interface SessionPrincipal {
  /** The Cedar entity type. */
  readonly type: string;
  readonly id: string;
  /** The request's context, as far as policies ask for it: JSON, entities as `{ "type", "id" }` not being among it. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** How sessions say who asks: as the setting `rls.session` has it. */
export type SessionOptions =
  | { readonly kind: "plain" }
  | {
      readonly kind?: "signed" | undefined;
      /** What {@link installSecret} installed. */
      readonly secret: string | Uint8Array;
    };

/** Asks a statement within the transaction that is to be someone's. */
export type Ask = (sql: string, parameters: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

/**
 * Makes the transaction a principal's. What is set goes with the transaction, however it ends: whoever gets the
 * connection next is nobody.
 *
 * @throws TypeError for a principal that PostgreSQL can't hold, before anything is set
 */
export async function beginSession(
  ask: Ask,
  principal: SessionPrincipal,
  options: SessionOptions,
): Promise<void> {
  const { type, id, context } = checked(principal);
  if (options.kind === "plain") {
    const settings = [PLAIN_SETTINGS.type, PLAIN_SETTINGS.id, PLAIN_SETTINGS.context];
    const set = settings.map((name, i) => `pg_catalog.set_config(${literal(name)}, $${i + 1}, true)`);
    await ask(`SELECT ${set.join(", ")}`, [type, id, context]);
    return;
  }
  const secret = keyOf(options.secret);
  const [bound] = await ask(
    "SELECT pg_catalog.pg_backend_pid() AS pid, extract(epoch FROM pg_catalog.transaction_timestamp())::text AS at",
    [],
  );
  const payload = JSON.stringify({ pid: bound?.pid, at: bound?.at, type, id, context: JSON.parse(context) });
  const mac = createHmac("sha256", secret).update(payload, "utf8").digest("hex");
  await ask(`SELECT pg_catalog.set_config(${literal(SIGNED_SETTING)}, $1, true)`, [`${mac}.${payload}`]);
}

/**
 * Statements that make a secret known to the database, for whoever applies the migration. Sessions signed with any
 * secret that is known are believed, so that a new one can be rolled out before the old one is taken back.
 */
export function installSecret(secret: string | Uint8Array, schema = "cordon_rls"): string {
  const { inner, outer } = pads(secret);
  return `INSERT INTO ${quote(schema)}."secrets" (inner_pad, outer_pad) VALUES (${bytes(inner)}, ${bytes(outer)});`;
}

/** Takes a secret back: what was signed with it is nobody's from the next statement on. */
export function removeSecret(secret: string | Uint8Array, schema = "cordon_rls"): string {
  return `DELETE FROM ${quote(schema)}."secrets" WHERE inner_pad = ${bytes(pads(secret).inner)};`;
}

const MIN_SECRET = 32;
const BLOCK = 64;

/** The key as HMAC pads it (RFC 2104): of these two the database computes macs with `sha256` alone. */
function pads(secret: string | Uint8Array): { inner: Buffer; outer: Buffer } {
  const key = keyOf(secret);
  const padded = Buffer.alloc(BLOCK);
  key.copy(padded);
  return {
    inner: padded.map((byte) => byte ^ 0x36) as Buffer,
    outer: padded.map((byte) => byte ^ 0x5c) as Buffer,
  };
}

/** @throws TypeError for one that can be guessed, or that HMAC would shorten */
function keyOf(secret: string | Uint8Array): Buffer {
  const key = typeof secret === "string" ? Buffer.from(secret, "utf8") : Buffer.from(secret);
  if (key.length >= MIN_SECRET && key.length <= BLOCK) return key;
  throw new TypeError(`the secret must have ${MIN_SECRET} to ${BLOCK} bytes`);
}

function bytes(value: Buffer): string {
  return `decode('${Buffer.from(value).toString("hex")}', 'hex')`;
}

function checked({ type, id, context = {} }: SessionPrincipal): {
  type: string;
  id: string;
  context: string;
} {
  if (typeof type !== "string" || type === "") throw new TypeError("the principal has no type");
  if (typeof id !== "string") throw new TypeError("the principal has no id");
  const json = JSON.stringify(context);
  // PostgreSQL would cut off or change what it can't hold, and the principal would be another.
  if ([type, id].some((text) => text.includes("\0") || /\p{Surrogate}/u.test(text))) {
    throw new TypeError("the principal's name is none that PostgreSQL can hold");
  }
  if (json.includes("\\u0000") || /\\ud[89a-f]/i.test(json)) {
    throw new TypeError("the context has a text that PostgreSQL can't hold");
  }
  return { type, id, context: json };
}
