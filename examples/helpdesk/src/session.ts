import { createHmac, timingSafeEqual } from "node:crypto";

/** Who is signed in, as this application vouches for it. */
export interface Session {
  type: "User" | "Contact" | "Service";
  id: string;
  /** Signed in with a second factor. */
  mfa: boolean;
}

/**
 * Signed session tokens: `payload.signature`, both base64url. They stand for whatever signs your people
 * in; what matters here is that nobody can make one up without the secret.
 */
export class Sessions {
  readonly #secret: string;
  readonly #now: () => number;

  constructor(secret: string, now: () => number = Date.now) {
    this.#secret = secret;
    this.#now = now;
  }

  sign(session: Session, hours = 8): string {
    const expires = this.#now() + hours * 3_600_000;
    const payload = Buffer.from(JSON.stringify({ ...session, expires })).toString("base64url");
    return `${payload}.${this.#signature(payload).toString("base64url")}`;
  }

  /** The session of an `Authorization: Bearer …` header; null where it is absent, forged or expired. */
  verify(header: string | undefined): Session | null {
    const [, payload, signature] = /^Bearer ([\w-]+)\.([\w-]+)$/i.exec(header ?? "") ?? [];
    if (payload === undefined || signature === undefined) return null;
    const expected = this.#signature(payload);
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const { type, id, mfa, expires } = JSON.parse(Buffer.from(payload, "base64url").toString());
    return expires > this.#now() ? { type, id, mfa } : null;
  }

  #signature(payload: string): Buffer {
    return createHmac("sha256", this.#secret).update(payload).digest();
  }
}
