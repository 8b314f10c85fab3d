import type { Logger } from "pino";
import type { ProjectDecider } from "../project/project-decider.js";
import type { KeyStore } from "../store/index.js";
import { ServerError } from "./server-error.js";
import type { TlsFiles } from "./tls.js";

export interface ServerLimits {
  /** Largest request body. */
  readonly bodyBytes: number;
  /** Most evaluations in a batch. */
  readonly batchItems: number;
  /** Most requests being answered at once; beyond it a request is refused with 503. */
  readonly inFlight: number;
  /** Most connections open at once; beyond it a connection is dropped. */
  readonly connections: number;
}

export interface ServerTimeouts {
  /** Until the header of a request is there. */
  readonly headersMs: number;
  /** Until a request is there as a whole. */
  readonly requestMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** How long a client may take no byte of an answer before it is cut off. */
  readonly stallMs: number;
  /** How long closing waits for requests in flight. */
  readonly shutdownMs: number;
  /** How often the TLS files are looked at. */
  readonly tlsPollMs: number;
}

export interface ServerOptions {
  readonly decider: ProjectDecider;
  /** Address to bind, such as `127.0.0.1`. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  readonly logger: Logger;
  /** `null`: there are no API keys and never will be, so the host must be a loopback one. */
  readonly keys: KeyStore | null;
  /** URL under which callers reach the server, for example through a proxy; AuthZEN's metadata names it. */
  readonly publicUrl?: string | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly timeouts?: Partial<ServerTimeouts> | undefined;
}

export const DEFAULT_LIMITS: ServerLimits = {
  bodyBytes: 1024 * 1024,
  batchItems: 10_000,
  inFlight: 5_000,
  connections: 20_000,
};

export const DEFAULT_TIMEOUTS: ServerTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  stallMs: 60_000,
  shutdownMs: 10_000,
  tlsPollMs: 1_000,
};

/** Without the slash at its end. @throws ServerError `invalid_public_url` */
export function checkedPublicUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
  throw new ServerError(
    "invalid_public_url",
    `\`${text}\` can't be the public URL`,
    "give an http or https URL without query and fragment",
  );
}
