import { SourceError, type SourceErrorCode } from "../source-error.js";

/** What a driver's error comes to; `says` only where the database's words are about the settings alone. */
export interface Diagnosis {
  readonly code: SourceErrorCode;
  readonly message: string;
  readonly help: string;
}

const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "PROTOCOL_CONNECTION_LOST",
]);

/** A failure to reach the server or to agree with it on a connection, which no database numbers. */
export function diagnoseConnection(error: unknown): Diagnosis | undefined {
  const code = codeOf(error);
  if (NETWORK.has(code)) return unreachable(code);
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HANDSHAKE)/.test(code)) {
    return {
      code: "source_refused",
      message: `no secure connection comes about (${code})`,
      help: "see `tls` in the settings of the source and the certificate of the server",
    };
  }
  return undefined;
}

export function unreachable(code: string): Diagnosis {
  return {
    code: "source_unreachable",
    message: `the database can't be reached (${code})`,
    help: "see whether it runs, and whether its address in the settings of the source is right",
  };
}

export function sourceError(source: string, { code, message, help }: Diagnosis): SourceError {
  return new SourceError(code, source, message, help);
}

export function givenUp(source: string): SourceError {
  return new SourceError(
    "source_timeout",
    source,
    "the database gave no answer while somebody waited for it",
    "see why it is slow, or set `timeout` of the source higher",
  );
}

export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}
