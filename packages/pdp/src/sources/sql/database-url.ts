import { isAbsolute, resolve } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { SourceError } from "../source-error.js";
import { type TlsFiles, tlsOptions } from "../tls-files.js";
import type { DialectName } from "./dialects/index.js";

/** A server with a database, and who asks it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  /** Absent: not over TLS. */
  readonly tls?: ConnectionOptions;
}

const SCHEMES: Readonly<Record<string, DialectName>> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "mysql:": "mysql",
  "mariadb:": "mysql",
  "sqlite:": "sqlite",
};

const PORTS = { postgres: 5432, mysql: 3306, sqlite: 0 } as const;

/** @throws SourceError `source_settings` */
export function dialectOf(source: string, url: string): DialectName {
  const scheme = /^[a-z]+:/.exec(url)?.[0] ?? "";
  const dialect = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (dialect === undefined) throw unusable(source, "its `url` is not of a database that is known here");
  return dialect;
}

/**
 * @param directory where relative paths start
 * @throws SourceError `source_settings`; nothing of the url is in it
 */
export function serverAddress(
  source: string,
  directory: string,
  url: string,
  tls: TlsFiles | undefined,
): ServerAddress {
  if (!URL.canParse(url)) throw unusable(source, "its `url` can't be read");
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode") ?? searchParams.get("ssl-mode")?.toLowerCase();
  const unknown = [...searchParams.keys()].find((name) => !["sslmode", "ssl-mode", "host"].includes(name));
  if (unknown !== undefined) {
    throw unusable(source, `its \`url\` has a parameter \`${unknown}\` that isn't known`);
  }
  const database = decodeURIComponent(pathname.slice(1));
  if (database === "") throw unusable(source, "its `url` names no database");
  // Certificates are verified in every mode: one that isn't proves nothing.
  const isSecure = tls !== undefined || (mode !== undefined && mode !== null && mode !== "disable");
  return {
    host: searchParams.get("host") ?? decodeURIComponent(hostname.replace(/^\[(.*)\]$/, "$1")),
    port: port === "" ? PORTS[dialectOf(source, `${protocol}//`)] : Number(port),
    user: username === "" ? undefined : decodeURIComponent(username),
    password: password === "" ? undefined : decodeURIComponent(password),
    database,
    ...(isSecure ? { tls: tlsOptions(source, directory, tls ?? {}) } : {}),
  };
}

/** @throws SourceError `source_settings` */
export function sqlitePath(directory: string, url: string): string {
  const path = url.replace(/^sqlite:(\/\/)?/, "");
  return isAbsolute(path) ? path : resolve(directory, path);
}

function unusable(source: string, message: string): SourceError {
  return new SourceError("source_settings", source, message, "see the settings of the source in cordon.yaml");
}
