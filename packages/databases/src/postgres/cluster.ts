import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../process/cache-folder.js";
import { copyContents, newDirectory, removeDirectory } from "../process/data-directory.js";
import type { UserIds } from "../process/server-process.js";
import type { Binaries } from "./binaries.js";

export const SUPERUSER = "cordon";

/** It is asked for, so that what must not leak it can be tested. Servers listen on this machine alone. */
export const PASSWORD = "5ec12e7-of-the-database";

/**
 * A new data directory. Making one takes `initdb` most of a second, so that later ones are copies of the first.
 *
 * @returns the directory to give back; the data is in its `data`
 */
export async function newCluster(binaries: Binaries, user: UserIds | undefined): Promise<string> {
  const template = await cached(`postgres-${binaries.version}`, (folder) =>
    makeTemplate(binaries, user, folder),
  );
  const directory = newDirectory("postgres", user);
  copyContents(template, directory);
  return directory;
}

function makeTemplate(binaries: Binaries, user: UserIds | undefined, template: string): void {
  const directory = newDirectory("postgres-template", user);
  const passwordFile = join(directory, "password");
  try {
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o644 });
    const made = spawnSync(
      binaries.initdb,
      [
        `--pgdata=${join(directory, "data")}`,
        "--auth=scram-sha-256",
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--encoding=UTF8",
        "--locale=C",
        "--wal-segsize=1",
        "--no-sync",
        "--no-instructions",
      ],
      { ...user, env: { PATH: process.env.PATH, LC_ALL: "C" }, encoding: "utf8" },
    );
    if (made.status !== 0) throw made.error ?? new Error(`initdb failed:\n${made.stderr}`);
    copyContents(directory, template);
  } finally {
    removeDirectory(directory);
  }
}
