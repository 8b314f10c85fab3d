import { StoreError } from "../../store-error.js";
import type { Connection } from "./connection.js";

/**
 * Indexes on values that are many and scattered come in chunks of 4,096 records: a write then dirties the
 * few pages of the newest chunk, not one page of a large index for each record, which more than doubled the
 * cost of a record. A reader visits each chunk in turn, some microseconds each.
 */
export const CHUNK_BITS = 12;

/** Each entry brings the schema from its index to the next version. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    time INTEGER NOT NULL,
    principal_type TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    action_type TEXT NOT NULL,
    action_id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    caller TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX decisions_id ON decisions (id);
  CREATE INDEX decisions_time ON decisions (seq >> ${CHUNK_BITS}, time);
  CREATE INDEX decisions_principal ON decisions (seq >> ${CHUNK_BITS}, principal_id);
  CREATE INDEX decisions_principal_type ON decisions (principal_type);
  CREATE INDEX decisions_action ON decisions (action_id);
  CREATE INDEX decisions_resource ON decisions (seq >> ${CHUNK_BITS}, resource_id);
  CREATE INDEX decisions_resource_type ON decisions (resource_type);
  CREATE INDEX decisions_caller ON decisions (caller);
  CREATE INDEX decisions_deny ON decisions (seq) WHERE decision = 'deny';
  CREATE TABLE decision_policies (
    policy TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (policy, seq)
  ) WITHOUT ROWID;
  CREATE TABLE log_events (
    n INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE TABLE bundles (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    saved TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created TEXT NOT NULL,
    last_used TEXT,
    revoked TEXT
  );
  CREATE UNIQUE INDEX keys_live_name ON keys (name) WHERE revoked IS NULL;
  `,
  `
  CREATE TABLE scim_resources (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    created TEXT NOT NULL,
    modified TEXT NOT NULL,
    attributes TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
];

/** Brings the file to this version's schema. Several processes may do so at once. */
export function migrate(connection: Connection): void {
  if (schemaVersion(connection) === MIGRATIONS.length) return;
  connection.write(() => {
    connection.exec(
      "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    );
    const version = schemaVersion(connection);
    if (version > MIGRATIONS.length) {
      throw new StoreError("store_incompatible", `\`${connection.path}\` has schema version ${version}`, {
        help: `this version of Cordon reads up to ${MIGRATIONS.length}; update it`,
      });
    }
    for (const statements of MIGRATIONS.slice(version)) connection.exec(statements);
    writeMeta(connection, "schema", String(MIGRATIONS.length));
  });
}

function schemaVersion(connection: Connection): number {
  const tables = connection.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  if (tables.length === 0) return 0;
  if (!tables.some((table) => table.name === "meta")) {
    throw new StoreError("store_incompatible", `\`${connection.path}\` is another program's database`, {
      help: "name another path",
    });
  }
  return Number(readMeta(connection, "schema") ?? 0);
}

export function readMeta(connection: Connection, key: string): string | undefined {
  return connection.one<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)?.value;
}

export function writeMeta(connection: Connection, key: string, value: string): void {
  const sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  connection.run(sql, [key, value]);
}
