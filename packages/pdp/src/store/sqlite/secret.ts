import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { StoreError } from "../../store-error.js";

/**
 * The store's secret: it seals the log's anchor and keys the hashes of redacted values. It lies beside the
 * database, not in it, so that a copy of the database alone reveals neither. Created where it is missing.
 */
export function loadSecret(databasePath: string): Buffer {
  const path = `${databasePath}.secret`;
  const existing = readSecret(path);
  if (existing !== undefined) return existing;
  // written aside and linked, so that of several processes starting at once all take the first one's
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx", flush: true });
    linkSync(draft, path);
  } catch (cause) {
    if (!isCode(cause, "EEXIST")) throw unreadable(path, cause);
  } finally {
    rmSync(draft, { force: true });
  }
  const created = readSecret(path);
  if (created === undefined) throw unreadable(path, undefined);
  return created;
}

function readSecret(path: string): Buffer | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    if (!/^[0-9a-f]{64}$/.test(text)) {
      throw new StoreError("store_corrupt", `\`${path}\` does not hold a secret of 64 hex digits`, {
        help: "restore it from a backup, or delete it; the log then notes that its secret was replaced",
      });
    }
    return Buffer.from(text, "hex");
  } catch (cause) {
    if (isCode(cause, "ENOENT")) return undefined;
    if (cause instanceof StoreError) throw cause;
    throw unreadable(path, cause);
  }
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}

function unreadable(path: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new StoreError("store_unavailable", `the store's secret \`${path}\` can't be read${why}`, { cause });
}
