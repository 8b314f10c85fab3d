import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { z } from "zod";
import { SourceError } from "./source-error.js";

const name = z.string().min(1, "must not be empty");
const file = name.refine((path) => !path.includes("\0"), "must be a path");

/** How a source connects over TLS. Certificates are always verified: one that isn't proves nothing. */
export const tlsSettings = z
  .strictObject({
    ca: file.optional().describe("certificates of authorities to trust instead of the system's, PEM"),
    cert: file.optional().describe("the certificate to show, PEM"),
    key: file.optional().describe("its private key, PEM"),
    serverName: name
      .optional()
      .describe("the name that the server's certificate must have, if not that of its host"),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), "needs both `cert` and `key`");

export type TlsFiles = z.output<typeof tlsSettings>;

/**
 * @param directory where relative paths start
 * @throws SourceError `source_settings` where a file can't be read
 */
export function tlsOptions(source: string, directory: string, files: TlsFiles): ConnectionOptions {
  const read = (path: string): string => {
    try {
      return readFileSync(resolve(directory, path), "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      const message = `the file \`${path}\` can't be read (${code})`;
      throw new SourceError("source_settings", source, message, "see `tls` in the settings of the source");
    }
  };
  return {
    rejectUnauthorized: true,
    ...(files.ca === undefined ? {} : { ca: read(files.ca) }),
    ...(files.cert === undefined ? {} : { cert: read(files.cert) }),
    ...(files.key === undefined ? {} : { key: read(files.key) }),
    ...(files.serverName === undefined ? {} : { servername: files.serverName }),
  };
}
