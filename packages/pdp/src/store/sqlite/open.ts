import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Connection, openError, sqliteCode } from "./connection.js";
import { migrate } from "./schema.js";

/**
 * Creates the file, where it is missing, with its folder and schema. Only its owner may read it: the log
 * holds personal data.
 */
export function prepareFile(path: string, busyTimeoutMs: number): void {
  try {
    const folder = dirname(path);
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite gives its own files beside this one the same permissions
    closeSync(openSync(path, "a", 0o600));
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    const connection = new Connection(path, busyTimeoutMs);
    try {
      whileBusy(busyTimeoutMs, () => {
        connection.exec("PRAGMA auto_vacuum = INCREMENTAL");
        connection.all("PRAGMA journal_mode = WAL");
      });
      connection.exec("PRAGMA synchronous = FULL");
      whileBusy(busyTimeoutMs, () => migrate(connection));
    } finally {
      connection.close();
    }
  } catch (cause) {
    throw openError(path, cause);
  }
}

/** A connection that reads, and writes little. Waits for no lock by itself. */
export function openReader(path: string): Connection {
  const connection = new Connection(path, 0);
  connection.exec("PRAGMA synchronous = FULL");
  return connection;
}

/** The connection that writes decisions. */
export function openWriter(path: string, busyTimeoutMs: number): Connection {
  const connection = new Connection(path, busyTimeoutMs);
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA cache_size = -65536");
  // fewer, longer checkpoints: each costs two fsyncs and rewrites the hot pages of every index
  connection.all("PRAGMA wal_autocheckpoint = 4000");
  return connection;
}

/** Switching the journal mode does not wait for locks by itself. */
function whileBusy(timeoutMs: number, work: () => void): void {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!sqliteCode(error).startsWith("SQLITE_BUSY") || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
