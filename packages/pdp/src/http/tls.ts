import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ServerError } from "./server-error.js";

export interface TlsFiles {
  /** PEM. */
  readonly keyFile: string;
  /** PEM; the certificate, then those between it and the root. */
  readonly certFile: string;
}

export interface KeyPair {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** @throws ServerError `tls_unreadable` or `tls_invalid` */
async function loadKeyPair(files: TlsFiles): Promise<KeyPair> {
  const [key, cert] = await Promise.all([read(files.keyFile, "key"), read(files.certFile, "certificate")]);
  try {
    createSecureContext({ key, cert });
  } catch (cause) {
    throw new ServerError(
      "tls_invalid",
      `\`${files.keyFile}\` and \`${files.certFile}\` are not a TLS key and its certificate`,
      "give a key and the certificate made for it, both in PEM",
      cause,
    );
  }
  return { key, cert };
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ServerError(
      "tls_unreadable",
      `the TLS ${what} \`${path}\` can't be read`,
      "check the path and its permissions",
      cause,
    );
  }
}

/** A pair of files as it was read, from which its next version can be told. */
export interface LoadedPair {
  readonly pair: KeyPair;
  readonly fingerprint: string;
}

/** @throws ServerError `tls_unreadable` or `tls_invalid` */
export async function openKeyPair(files: TlsFiles): Promise<LoadedPair> {
  // Taken first: files that change while they are read look changed at the next look.
  const fingerprint = await fingerprintOf(files);
  return { pair: await loadKeyPair(files), fingerprint };
}

/**
 * Calls `apply` with each new valid pair of key and certificate. The files are polled rather than watched,
 * because renewals arrive by rename, by symlink swap and on file systems that tell of neither. A pair that
 * doesn't fit together (often just half replaced) is refused, and tried again once a file changes.
 *
 * @returns how to stop
 */
export function followKeyPair(
  files: TlsFiles,
  intervalMs: number,
  opened: LoadedPair,
  on: { apply(pair: KeyPair): void; refuse(error: Error): void },
): () => void {
  let seen = opened.fingerprint;
  let busy = false;
  const check = async (): Promise<void> => {
    const now = await fingerprintOf(files);
    if (now === seen) return;
    seen = now;
    on.apply(await loadKeyPair(files));
  };
  const tick = (): void => {
    if (busy) return;
    busy = true;
    check()
      .catch((error: unknown) => on.refuse(error as Error))
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(tick, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function fingerprintOf(files: TlsFiles): Promise<string> {
  const marks = await Promise.all([files.keyFile, files.certFile].map(fileMark));
  return marks.join();
}

async function fileMark(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return "missing";
  }
}
