import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { cached } from "../process/cache-folder.js";
import { copyContents, newDirectory, removeDirectory } from "../process/data-directory.js";
import { manageServer } from "../process/managed-server.js";
import { type DatabaseServer, DatabaseUnavailable } from "../server.js";
import { findMariadb, type MariadbProgram } from "./program.js";

const SUPERUSER = "cordon";
const PASSWORD = "5ec12e7-of-the-database";

export interface MariadbOptions {
  /** Further options of `mariadbd`, without their dashes. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a MariaDB of one's own.
 *
 * @throws DatabaseUnavailable where there is none and none can be fetched
 */
export async function startMariadb(options: MariadbOptions = {}): Promise<DatabaseServer> {
  const program = await findMariadb();
  const template = await cached(`mariadb-data-${program.version}`, (folder) => makeTemplate(program, folder));
  const directory = newDirectory("mariadb", undefined);
  copyContents(template, directory);
  // The path of a socket may have no more than 107 characters, which a temporary directory's may exceed.
  const settings = { socket: "s", ...options.settings };
  return manageServer({
    version: program.version,
    directory,
    url: (port, database = "cordon") => `mysql://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`,
    command: (port) => ({
      program: program.path,
      args: [
        ...basicOptions(program, join(directory, "data")),
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        `--init-file=${join(directory, "users.sql")}`,
        "--performance-schema=off",
        "--character-set-server=utf8mb4",
        ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      ],
      environment: environment(program),
      logFile: join(directory, "log"),
      readyText: "ready for connections",
      endSignal: "SIGTERM",
    }),
    query,
  });
}

/**
 * For `skip` of a test: false where MariaDB can be started, else why not, which is also printed, so that a run
 * without it doesn't look like a run with it.
 */
export async function whyNoMariadb(): Promise<string | false> {
  try {
    await findMariadb();
    return false;
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    process.stderr.write(`SKIPPED, not tested against MariaDB: ${error.message}\n`);
    return error.message;
  }
}

const SYSTEM_TABLES = ["system_tables.sql", "performance_tables.sql", "system_tables_data.sql"];

function makeTemplate(program: MariadbProgram, template: string): void {
  const directory = newDirectory("mariadb-template", undefined);
  try {
    const data = join(directory, "data");
    mkdirSync(data);
    const scripts = SYSTEM_TABLES.map((name) => readScript(program.share, name));
    const made = spawnSync(program.path, [...basicOptions(program, data), "--bootstrap"], {
      input: ["create database mysql;\nuse mysql;\n", ...scripts].join("\n"),
      env: environment(program),
      encoding: "utf8",
    });
    if (made.status !== 0) throw made.error ?? new Error(`mariadbd --bootstrap failed:\n${made.stderr}`);
    writeFileSync(join(directory, "users.sql"), USERS);
    copyContents(directory, template);
  } finally {
    removeDirectory(directory);
  }
}

const USERS = [
  `CREATE USER IF NOT EXISTS '${SUPERUSER}'@'%' IDENTIFIED BY '${PASSWORD}';`,
  `GRANT ALL ON *.* TO '${SUPERUSER}'@'%' WITH GRANT OPTION;`,
  "CREATE DATABASE IF NOT EXISTS cordon;",
  "",
].join("\n");

function readScript(share: string, name: string): string {
  const candidates = ["mysql", "mariadb"].map((prefix) => join(share, `${prefix}_${name}`));
  return readFileSync(candidates.find(existsSync) ?? "", "utf8");
}

function basicOptions(program: MariadbProgram, data: string): string[] {
  return [
    "--no-defaults",
    // Its own check; it runs as whoever runs the tests.
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    `--datadir=${data}`,
    `--lc-messages-dir=${program.share}`,
    "--skip-log-bin",
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=4M",
    // Its own file grows by 64 MB at once otherwise, all of which every server would copy.
    "--innodb-data-file-path=ibdata1:5M:autoextend",
    "--innodb-autoextend-increment=1",
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
  ];
}

function environment(program: MariadbProgram): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC", LD_LIBRARY_PATH: program.libraries };
}

async function query(url: string, sql: string) {
  const connection = await createConnection({ uri: url, multipleStatements: true, supportBigNumbers: true });
  try {
    const [rows] = await connection.query(sql);
    const last = Array.isArray(rows) && Array.isArray(rows[0]) ? rows.at(-1) : rows;
    return Array.isArray(last) ? (last as Record<string, unknown>[]) : [];
  } finally {
    await connection.end();
  }
}
