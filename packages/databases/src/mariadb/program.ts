import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseUnavailable } from "../server.js";
import { fetchDebianPackages } from "./debian-packages.js";

export interface MariadbProgram {
  readonly path: string;
  /** With its messages and the SQL of its system tables. */
  readonly share: string;
  /** Where it finds its libraries beside the system's own. */
  readonly libraries: string;
  /** Such as `10.11.19`. */
  readonly version: string;
}

let found: Promise<MariadbProgram> | undefined;

/** The MariaDB of this machine, or Debian's, unpacked without installing it. */
export function findMariadb(): Promise<MariadbProgram> {
  found ??= installed() ?? fetched();
  return found;
}

function installed(): Promise<MariadbProgram> | null {
  for (const name of ["mariadbd", "mysqld"]) {
    for (const folder of ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]) {
      const path = join(folder, name);
      const program = existsSync(path) ? asProgram(path, join(folder, ".."), "") : null;
      if (program !== null) return Promise.resolve(program);
    }
  }
  return null;
}

async function fetched(): Promise<MariadbProgram> {
  const { root, libraries } = await fetchDebianPackages();
  const program = asProgram(join(root, "usr/sbin/mariadbd"), join(root, "usr"), libraries);
  if (program === null) throw new DatabaseUnavailable(`the MariaDB unpacked in ${root} can't be run`);
  return program;
}

function asProgram(path: string, prefix: string, libraries: string): MariadbProgram | null {
  const { status, stdout } = spawnSync(path, ["--no-defaults", "--version"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: libraries },
  });
  const version = status === 0 ? /(\d+\.\d+\.\d+)-MariaDB/.exec(stdout)?.[1] : undefined;
  const share = ["share/mysql", "share/mariadb"]
    .map((folder) => join(prefix, folder))
    .find(
      (folder) =>
        existsSync(join(folder, "mysql_system_tables.sql")) ||
        existsSync(join(folder, "mariadb_system_tables.sql")),
    );
  return version === undefined || share === undefined ? null : { path, share, libraries, version };
}
