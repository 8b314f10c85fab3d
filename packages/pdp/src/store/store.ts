import type { Bundle } from "@cordon/engine";
import type { DecisionLog, DecisionLogOptions } from "../log/decision-log.js";

export type KeyScope = "evaluate" | "read_log" | "administer" | "provision";

/** What is kept of an API key; the secret is not. */
export interface KeyRecord {
  id: string;
  name: string;
  scopes: KeyScope[];
  created: string;
  /** To the minute. */
  lastUsed: string | null;
  revoked: string | null;
}

export interface KeyStore {
  /** The key itself is returned here and never again. Throws `key_name_taken` while a live key has the name. */
  create(input: { name: string; scopes: readonly KeyScope[] }): Promise<{ key: string; record: KeyRecord }>;
  /** Live and revoked keys, oldest first. */
  list(): Promise<KeyRecord[]>;
  /** Revokes the live key of that name or id. Returns false where there is none. */
  revoke(nameOrId: string): Promise<boolean>;
  /** Who holds this key; undefined where it is unknown or revoked. */
  verify(key: string): Promise<{ id: string; name: string; scopes: KeyScope[] } | undefined>;
  /** Live keys. */
  count(): Promise<number>;
}

/** Where decisions, bundles and keys are kept. */
export interface Store {
  readonly keys: KeyStore;
  decisions(options?: DecisionLogOptions): Promise<DecisionLog>;
  /** Keeps a bundle under its id, so that records which name it can be replayed. Idempotent. */
  saveBundle(bundle: Bundle): Promise<void>;
  /** The bundle of that id; throws `store_corrupt` where the stored content no longer has that id. */
  bundle(id: string): Promise<Bundle | undefined>;
  /** What tokens between pages are signed with: the same for all who share this store, and for as long as it lasts. */
  readonly pagingKey: Buffer;
  /** Closes every log this store opened, then the store. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /** The database file; created, with its folder, where it is missing. */
  path: string;
  /** Milliseconds to wait for another process's write. Default 5,000. */
  busyTimeoutMs?: number;
}
