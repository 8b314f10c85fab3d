import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../../store-error.js";
import type { Connection } from "./connection.js";
import { sqliteCode } from "./connection.js";

const PAUSE_MS = 5;

/** Runs a write transaction, waiting for other writers without blocking the event loop. */
export async function writeWhenFree<T>(connection: Connection, timeoutMs: number, work: () => T): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return connection.write(work);
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const busy = sqliteCode(cause).startsWith("SQLITE_BUSY");
      if (!busy || Date.now() >= deadline) throw writeError(connection.path, cause);
    }
    await sleep(PAUSE_MS);
  }
}

function writeError(path: string, cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError("store_unavailable", `the store \`${path}\` can't be written: ${message}`, { cause });
}
