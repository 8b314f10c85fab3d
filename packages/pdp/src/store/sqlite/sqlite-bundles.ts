import { createHash } from "node:crypto";
import type { Bundle } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { canonicalJson, parseJson } from "@cordon/engine/json";
import { StoreError } from "../../store-error.js";
import { writeWhenFree } from "./async-write.js";
import type { Connection } from "./connection.js";

/** What the hash vouches for was parsed before; the depth of an expression is Cedar's business. */
const LENIENT = { allowLoneSurrogates: true, maxDepth: 2_000 };

/** Bundles under their own hash, so that a record's bundle can be loaded again and be sure to be the same. */
export class SqliteBundles {
  readonly #connection: Connection;
  readonly #busyTimeoutMs: number;

  constructor(connection: Connection, busyTimeoutMs: number) {
    this.#connection = connection;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  async save(bundle: Bundle): Promise<void> {
    const body = bodyOf(bundle);
    if (idOf(body) !== bundle.id) {
      throw new StoreError("bundle_invalid", `bundle \`${bundle.id}\` is not the hash of its content`);
    }
    if (this.#body(bundle.id) === body) return;
    const values = [bundle.id, body, new Date().toISOString()];
    // replaces a stored body that is no longer what was written
    const sql = "INSERT INTO bundles VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
    await writeWhenFree(this.#connection, this.#busyTimeoutMs, () => this.#connection.run(sql, values));
  }

  async get(id: string): Promise<Bundle | undefined> {
    const body = this.#body(id);
    if (body === undefined) return undefined;
    if (idOf(body) !== id) {
      throw new StoreError("store_corrupt", `the stored bundle \`${id}\` was altered`, {
        help: "opening the project it was built from stores it again",
      });
    }
    return { ...(parseJson(body, LENIENT) as unknown as Omit<Bundle, "id">), id };
  }

  #body(id: string): string | undefined {
    return this.#connection.one<{ body: string }>("SELECT body FROM bundles WHERE id = ?", id)?.body;
  }
}

/** Of the named bundles, those that are not what their id says, and those that are not there. */
export function damagedBundles(connection: Connection, ids: Iterable<string>) {
  const altered: string[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const row = connection.one<{ body: string }>("SELECT body FROM bundles WHERE id = ?", id);
    if (row === undefined) missing.push(id);
    else if (idOf(row.body) !== id) altered.push(id);
  }
  return { altered, missing };
}

/** The content that the id is the hash of: everything but the id. */
function bodyOf(bundle: Bundle): string {
  const { id: _, ...rest } = bundle;
  return canonicalJson(rest as unknown as JsonValue);
}

function idOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
