import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { StoreError } from "../../store-error.js";
import type { KeyRecord, KeyScope, KeyStore } from "../store.js";
import { writeWhenFree } from "./async-write.js";
import type { Connection } from "./connection.js";
import { sqliteCode } from "./connection.js";

const SCOPES: readonly KeyScope[] = ["evaluate", "read_log", "administer", "provision"];
const KEY = /^cordon_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
/** How old the view of the keys may be: the time another process's revocation takes to work here. */
const FRESH_MS = 250;
const LAST_USED_MS = 60_000;

interface KeyRow {
  id: string;
  name: string;
  secret_hash: string;
  scopes: string;
  created: string;
  last_used: string | null;
  revoked: string | null;
}

interface LiveKey {
  id: string;
  name: string;
  scopes: KeyScope[];
  secretHash: Buffer;
  usedAt: number;
}

/**
 * API keys. A secret is 256 random bits, so its plain SHA-256 is as hard to invert as the secret is to
 * guess: slow hashes are for secrets that people choose, and would cost each request milliseconds.
 */
export class SqliteKeys implements KeyStore {
  readonly #connection: Connection;
  readonly #busyTimeoutMs: number;
  #live = new Map<string, LiveKey>();
  #checkedAt = Number.NEGATIVE_INFINITY;
  #version = -1;

  constructor(connection: Connection, busyTimeoutMs: number) {
    this.#connection = connection;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  async create(input: {
    name: string;
    scopes: readonly KeyScope[];
  }): Promise<{ key: string; record: KeyRecord }> {
    const { name, scopes } = checked(input);
    const id = randomBytes(6).toString("hex");
    const secret = randomBytes(32).toString("base64url");
    const created = new Date().toISOString();
    const values = [id, name, hashSecret(secret).toString("hex"), scopes.join(" "), created];
    const sql = "INSERT INTO keys (id, name, secret_hash, scopes, created) VALUES (?, ?, ?, ?, ?)";
    await this.#write(() => {
      try {
        this.#connection.run(sql, values);
      } catch (cause) {
        if (!sqliteCode(cause).startsWith("SQLITE_CONSTRAINT")) throw cause;
        throw new StoreError("key_name_taken", `a live key is named \`${name}\` already`, {
          help: "revoke it first, or choose another name",
        });
      }
    });
    const record = { id, name, scopes, created, lastUsed: null, revoked: null };
    return { key: `cordon_${id}_${secret}`, record };
  }

  async list(): Promise<KeyRecord[]> {
    const rows = this.#connection.all<KeyRow>("SELECT * FROM keys ORDER BY created, id");
    return rows.map(({ id, name, scopes, created, last_used, revoked }) => {
      return { id, name, scopes: scopesOf(scopes), created, lastUsed: last_used, revoked };
    });
  }

  async revoke(nameOrId: string): Promise<boolean> {
    const now = new Date().toISOString();
    const sql = "UPDATE keys SET revoked = ? WHERE revoked IS NULL AND ";
    return await this.#write(() => {
      // an id is tried first: a name may look like another key's id, and must not stand in for it
      const byId = this.#connection.run(`${sql} id = ?`, [now, nameOrId]);
      return byId > 0 || this.#connection.run(`${sql} name = ?`, [now, nameOrId]) > 0;
    });
  }

  async verify(key: string): Promise<{ id: string; name: string; scopes: KeyScope[] } | undefined> {
    const match = KEY.exec(key);
    if (match === null) return undefined;
    this.#refresh();
    const [, id = "", secret = ""] = match;
    const live = this.#live.get(id);
    // an unknown id costs the same hash and comparison as a known one
    const stored = live?.secretHash ?? Buffer.alloc(32);
    const matches = timingSafeEqual(hashSecret(secret), stored);
    if (!matches || live === undefined) return undefined;
    this.#touch(live);
    return { id: live.id, name: live.name, scopes: [...live.scopes] };
  }

  async count(): Promise<number> {
    this.#refresh();
    return this.#live.size;
  }

  async #write<T>(work: () => T): Promise<T> {
    const result = await writeWhenFree(this.#connection, this.#busyTimeoutMs, work);
    // this connection's own commits do not change its data version
    this.#version = -1;
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    return result;
  }

  #refresh(): void {
    const now = performance.now();
    if (now - this.#checkedAt < FRESH_MS) return;
    const version = this.#connection.dataVersion();
    if (version !== this.#version) this.#load();
    this.#version = version;
    this.#checkedAt = now;
  }

  #load(): void {
    const rows = this.#connection.all<KeyRow>("SELECT * FROM keys WHERE revoked IS NULL");
    this.#live = new Map(rows.map((row) => [row.id, liveKey(row)]));
  }

  /** To the minute, and only where no other writer is at work: no request waits for it. */
  #touch(live: LiveKey): void {
    const now = Date.now();
    if (now - live.usedAt < LAST_USED_MS) return;
    live.usedAt = now;
    const minute = new Date(now - (now % LAST_USED_MS)).toISOString();
    setImmediate(() => {
      try {
        this.#connection.run("UPDATE keys SET last_used = ? WHERE id = ?", [minute, live.id]);
      } catch {
        live.usedAt = 0;
      }
    });
  }
}

function liveKey(row: KeyRow): LiveKey {
  const { id, name, scopes, secret_hash, last_used } = row;
  const usedAt = last_used === null ? 0 : Date.parse(last_used);
  return { id, name, scopes: scopesOf(scopes), secretHash: Buffer.from(secret_hash, "hex"), usedAt };
}

function scopesOf(text: string): KeyScope[] {
  const words = new Set(text.split(" "));
  return SCOPES.filter((scope) => words.has(scope));
}

function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function checked(input: { name: string; scopes: readonly KeyScope[] }): { name: string; scopes: KeyScope[] } {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@:/ -]{0,99}$/u.test(input.name)) {
    throw new StoreError("key_invalid", `\`${input.name}\` can't be the name of a key`, {
      help: "begin with a letter or digit; letters, digits, spaces and `._@:/-` may follow, up to 100",
    });
  }
  const unknown = input.scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined || input.scopes.length === 0) {
    const what = unknown === undefined ? "a key needs a scope" : `\`${unknown}\` is no scope`;
    throw new StoreError("key_invalid", what, { help: `scopes are ${SCOPES.join(", ")}` });
  }
  return { name: input.name, scopes: SCOPES.filter((scope) => input.scopes.includes(scope)) };
}
