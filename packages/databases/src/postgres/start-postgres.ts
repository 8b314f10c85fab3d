import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { manageServer } from "../process/managed-server.js";
import type { UserIds } from "../process/server-process.js";
import type { DatabaseServer } from "../server.js";
import { findBinaries, serverUser } from "./binaries.js";
import { newCluster, PASSWORD, SUPERUSER } from "./cluster.js";

export interface PostgresOptions {
  /** Whether commits survive a crash of the machine; false unless told, for speed. */
  readonly durable?: boolean;
  /** Settings of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Texts of PEM files: serves TLS, and where `clientCa` is given, takes only clients with its certificates. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
}

/** Starts a PostgreSQL of one's own, in less than half a second after the first time. */
export async function startPostgres(options: PostgresOptions = {}): Promise<DatabaseServer> {
  const user = serverUser();
  const binaries = findBinaries(user);
  const directory = await newCluster(binaries, user);
  const data = join(directory, "data");
  const settings = { ...SETTINGS, ...(options.durable === true ? {} : FAST), ...options.settings };
  if (options.tls !== undefined) Object.assign(settings, serveTls(data, options.tls, user));
  return manageServer({
    version: binaries.version,
    directory,
    url: (port, database = "postgres") => `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`,
    command: (port) => ({
      program: binaries.postgres,
      args: [
        "-D",
        data,
        "-p",
        `${port}`,
        ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      ],
      environment: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
      ...(user === undefined ? {} : { user }),
      logFile: join(directory, "log"),
      readyText: "database system is ready to accept connections",
      // An immediate shutdown waits for no client; the next start recovers what was committed, which without fsync
      // too has been handed to the system by then.
      endSignal: "SIGQUIT",
    }),
    query: (url, sql) => query(url, sql, options),
  });
}

const SETTINGS: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "16MB",
  max_connections: "100",
  io_method: "sync",
};

const FAST: Record<string, string> = {
  fsync: "off",
  full_page_writes: "off",
  autovacuum: "off",
};

function serveTls(
  data: string,
  { cert, key, clientCa }: NonNullable<PostgresOptions["tls"]>,
  user: UserIds | undefined,
): Record<string, string> {
  const write = (name: string, text: string): string => {
    const path = join(data, name);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    if (user !== undefined) chownSync(path, user.uid, user.gid);
    return path;
  };
  const rule = clientCa === undefined ? "" : " clientcert=verify-ca";
  const lines = [
    `hostssl all ${SUPERUSER} 127.0.0.1/32 scram-sha-256${rule}`,
    `hostnossl all ${SUPERUSER} 127.0.0.1/32 reject`,
  ];
  return {
    ssl: "on",
    ssl_cert_file: write("server.crt", cert),
    ssl_key_file: write("server.key", key),
    ...(clientCa === undefined ? {} : { ssl_ca_file: write("clients.crt", clientCa) }),
    hba_file: write("tls_hba.conf", `${lines.join("\n")}\n`),
  };
}

async function query(url: string, sql: string, { tls }: PostgresOptions) {
  if (tls?.clientCa !== undefined) throw new Error("a server that asks for certificates is asked with one");
  const client = new pg.Client({
    connectionString: url,
    ...(tls === undefined ? {} : { ssl: { rejectUnauthorized: false } }),
  });
  // Whoever waits for an answer hears of it by that; a server that ends is no reason to end as well.
  client.on("error", () => {});
  await client.connect();
  try {
    const results: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
    return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? [];
  } finally {
    await client.end();
  }
}
