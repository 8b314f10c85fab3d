import { resolve } from "node:path";
import type { Bundle } from "@cordon/engine";
import { deriveKey } from "../../log/chain.js";
import type { DecisionLog, DecisionLogOptions } from "../../log/decision-log.js";
import { StoreError } from "../../store-error.js";
import type { KeyStore, OpenStoreOptions, Store } from "../store.js";
import type { Connection } from "./connection.js";
import { openReader, prepareFile } from "./open.js";
import { loadSecret } from "./secret.js";
import { SqliteBundles } from "./sqlite-bundles.js";
import { SqliteKeys } from "./sqlite-keys.js";
import { SqliteDecisionLog } from "./sqlite-log.js";

const BUSY_TIMEOUT_MS = 5_000;

/** Opens the embedded store: one SQLite file, which several processes may share. */
export async function openStore(options: string | OpenStoreOptions): Promise<Store> {
  const { path, busyTimeoutMs = BUSY_TIMEOUT_MS } = typeof options === "string" ? { path: options } : options;
  const file = resolve(path);
  prepareFile(file, busyTimeoutMs);
  return new SqliteStore(file, loadSecret(file), busyTimeoutMs);
}

class SqliteStore implements Store {
  readonly keys: KeyStore;
  readonly #path: string;
  readonly #secret: Buffer;
  readonly #busyTimeoutMs: number;
  readonly #connection: Connection;
  readonly #bundles: SqliteBundles;
  readonly #logs = new Set<DecisionLog>();
  #closed = false;

  constructor(path: string, secret: Buffer, busyTimeoutMs: number) {
    this.#path = path;
    this.#secret = secret;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#connection = openReader(path);
    this.keys = new SqliteKeys(this.#connection, busyTimeoutMs);
    this.#bundles = new SqliteBundles(this.#connection, busyTimeoutMs);
  }

  async decisions(options: DecisionLogOptions = {}): Promise<DecisionLog> {
    if (this.#closed) throw new StoreError("store_unavailable", "the store is closed");
    const log: DecisionLog = new SqliteDecisionLog({
      path: this.#path,
      secret: this.#secret,
      busyTimeoutMs: this.#busyTimeoutMs,
      log: options,
      onClose: () => this.#logs.delete(log),
    });
    this.#logs.add(log);
    return log;
  }

  saveBundle(bundle: Bundle): Promise<void> {
    return this.#bundles.save(bundle);
  }

  bundle(id: string): Promise<Bundle | undefined> {
    return this.#bundles.get(id);
  }

  get pagingKey(): Buffer {
    return deriveKey(this.#secret, "paging");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const results = await Promise.allSettled([...this.#logs].map((log) => log.close()));
    this.#connection.close();
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}
