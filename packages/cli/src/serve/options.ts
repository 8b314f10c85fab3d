import { resolve } from "node:path";
import type { Settings } from "@cordon/pdp";
import type { TlsFiles } from "@cordon/pdp/http";
import { CommandError } from "../failure.js";
import type { LogMode } from "./opening.js";

/** The options of `cordon serve` as typed. */
export interface ServeOptions {
  project?: string;
  host?: string;
  port?: string;
  tlsKey?: string;
  tlsCert?: string;
  publicUrl?: string;
  log?: string;
  watch: boolean;
  logLevel: string;
  pretty?: boolean;
}

/** Where the server listens. */
export interface ListenSettings {
  host: string;
  port: number;
  tls: TlsFiles | undefined;
}

const defaultHost = "127.0.0.1";
const defaultPort = 8181;
const logModes = ["durable", "buffered", "off"] as const;
const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** Finds what is wrong with the options before anything is opened. */
export function checkServeOptions(options: ServeOptions): { level: string; logMode: LogMode | undefined } {
  if (options.port !== undefined) parsePort(options.port);
  tlsFiles(options);
  return {
    level: oneOf("--log-level", options.logLevel, logLevels),
    logMode: options.log === undefined ? undefined : oneOf("--log", options.log, logModes),
  };
}

/** What the command line says, else what `cordon.yaml` says, else the defaults. */
export function listenSettings(options: ServeOptions, settings: Settings, folder: string): ListenSettings {
  const { server } = settings;
  return {
    host: options.host ?? server.host ?? defaultHost,
    port: options.port === undefined ? (server.port ?? defaultPort) : parsePort(options.port),
    tls: tlsFiles(options) ?? tlsOfProject(settings, folder),
  };
}

/** Paths on the command line start where the command was typed. */
function tlsFiles({ tlsKey, tlsCert }: ServeOptions): TlsFiles | undefined {
  if (tlsKey === undefined && tlsCert === undefined) return undefined;
  if (tlsKey === undefined || tlsCert === undefined) {
    const missing = tlsKey === undefined ? "--tls-key" : "--tls-cert";
    throw new CommandError("invalid_argument", `\`${missing}\` is missing`, {
      help: "TLS needs both: the private key with `--tls-key`, the certificate chain with `--tls-cert`",
    });
  }
  return { keyFile: resolve(tlsKey), certFile: resolve(tlsCert) };
}

/** Paths in `cordon.yaml` start at the project folder. */
function tlsOfProject({ server }: Settings, folder: string): TlsFiles | undefined {
  if (server.tls === undefined) return undefined;
  return { keyFile: resolve(folder, server.tls.keyFile), certFile: resolve(folder, server.tls.certFile) };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new CommandError("invalid_argument", `\`${text}\` is not a port`, {
    help: "give a number from 1 to 65535, or 0 for a free one",
  });
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((value) => value === text);
  if (found !== undefined) return found;
  throw new CommandError("invalid_argument", `\`${text}\` is not a value of \`${option}\``, {
    help: `use ${known.map((value) => `\`${value}\``).join(", ")}`,
  });
}
