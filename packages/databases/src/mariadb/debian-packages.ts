import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder } from "../process/cache-folder.js";
import { newDirectory, removeDirectory } from "../process/data-directory.js";
import { DatabaseUnavailable } from "../server.js";

// Debian's name, then Ubuntu's before 23.04.
const SERVER_PACKAGES = ["mariadb-server-core", "mariadb-server-core-10.6", "mariadb-server-core-10.3"];

/** For how long a failure is believed: a machine without a network would wait for it in each file of tests. */
const REFUSED_FOR_MS = 10 * 60_000;

/**
 * Debian's MariaDB with the libraries that this machine lacks, fetched by apt and unpacked into the cache: nothing
 * is installed, and root is not needed.
 *
 * @throws DatabaseUnavailable where there is no apt or it fetches nothing
 */
export async function fetchDebianPackages(): Promise<{ root: string; libraries: string }> {
  const note = join(cacheFolder(), "mariadb-unavailable.txt");
  if (existsSync(note) && Date.now() - statSync(note).mtimeMs < REFUSED_FOR_MS) {
    throw new DatabaseUnavailable(readFileSync(note, "utf8"));
  }
  try {
    const root = await cached("mariadb-debian", unpackInto);
    rmSync(note, { force: true });
    return { root, libraries: libraryFolders(root) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    writeFileSync(note, reason);
    throw new DatabaseUnavailable(reason);
  }
}

function unpackInto(root: string): void {
  if (run("apt-get", ["--version"]).status !== 0 || run("dpkg-deb", ["--version"]).status !== 0) {
    throw new DatabaseUnavailable("there is no MariaDB on this machine and no apt to fetch it with");
  }
  const downloads = newDirectory("debian", undefined);
  try {
    const options = serverPackage(downloads);
    const server = archives(downloads)[0] ?? "";
    for (const name of missingDependencies(server)) run("apt-get", [...options, "download", name], downloads);
    for (const archive of archives(downloads)) run("dpkg-deb", ["-x", archive, root]);
  } finally {
    removeDirectory(downloads);
  }
}

/** Fetches the server. @returns the options with which apt has an index of packages */
function serverPackage(downloads: string): string[] {
  if (download(LIMITS, downloads)) return LIMITS;
  // No index, or one so old that its packages are gone: read a new one into a place that needs no root.
  const state = join(downloads, "apt");
  mkdirSync(join(state, "lists", "partial"), { recursive: true });
  mkdirSync(join(state, "cache", "archives", "partial"), { recursive: true });
  const options = [
    ...LIMITS,
    ...["-o", `Dir::State::Lists=${join(state, "lists")}`, "-o", `Dir::Cache=${join(state, "cache")}`],
  ];
  const updated = run("apt-get", [...options, "update"]);
  if (download(options, downloads)) return options;
  const last = updated.stderr.trim().split("\n").at(-1) ?? "";
  throw new DatabaseUnavailable(`there is no MariaDB on this machine and apt can't fetch it: ${last}`);
}

const LIMITS = [
  "-q",
  "-o",
  "Acquire::http::Timeout=15",
  "-o",
  "Acquire::https::Timeout=15",
  "-o",
  "Acquire::Retries=1",
];

function download(options: readonly string[], into: string): boolean {
  return SERVER_PACKAGES.some((name) => run("apt-get", [...options, "download", name], into).status === 0);
}

function missingDependencies(archive: string): string[] {
  const { stdout } = run("dpkg-deb", ["--field", archive, "Depends"]);
  return stdout
    .split(",")
    .map((alternatives) => /^\s*([\w.+-]+)/.exec(alternatives)?.[1] ?? "")
    .filter((name) => name.startsWith("lib") && !isInstalled(name));
}

function isInstalled(name: string): boolean {
  return run("dpkg", ["--status", name]).stdout.includes("install ok installed");
}

function archives(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".deb"))
    .map((name) => join(folder, name));
}

function libraryFolders(root: string): string {
  return ["usr/lib", "lib"]
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.includes("-linux-"))
    .join(":");
}

function run(program: string, args: readonly string[], cwd?: string): SpawnSyncReturns<string> {
  const ran = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 90_000,
    env: { PATH: process.env.PATH, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive", ...proxies() },
    ...(cwd === undefined ? {} : { cwd }),
  });
  // A program that isn't there has no output at all.
  return { ...ran, stdout: ran.stdout ?? "", stderr: ran.stderr ?? "" };
}

function proxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /_proxy$/i.test(name)));
}
