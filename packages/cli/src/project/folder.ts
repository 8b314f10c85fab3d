import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CommandError } from "../failure.js";

/**
 * The project folder a command works on: the one given, else the nearest folder upward from the
 * current one that looks like a project, else the current folder.
 */
export function findProject(given: string | undefined, from = process.cwd()): string {
  if (given !== undefined) return requireFolder(resolve(from, given), given);
  for (let folder = from; ; folder = dirname(folder)) {
    if (looksLikeProject(folder)) return folder;
    if (dirname(folder) === folder) return from;
  }
}

function requireFolder(folder: string, given: string): string {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new CommandError("no_project", `no project folder \`${given}\``, {
      help: "a project is a folder with `policies/**/*.cedar` and, optionally, `schema.cedarschema`, `entities/*.json` and `cordon.yaml`",
    });
  }
  if (!found.isDirectory()) {
    throw new CommandError("no_project", `\`${given}\` is a file, not a project folder`, {
      help: "give the folder that contains `policies/`",
    });
  }
  return folder;
}

function looksLikeProject(folder: string): boolean {
  if (existsSync(join(folder, "cordon.yaml")) || existsSync(join(folder, "schema.cedarschema"))) return true;
  return hasPolicies(join(folder, "policies"));
}

function hasPolicies(folder: string): boolean {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(".cedar"));
}
