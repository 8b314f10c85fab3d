import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandError } from "../failure.js";
import type { TemplateFile } from "./template-files.js";

const IGNORE_FILE = ".gitignore";
const MAX_NAMED = 10;

export interface Written {
  /** Relative to the project. */
  readonly files: readonly string[];
  /** Whether a `.gitignore` of the user's stays as it is although it doesn't keep `.cordon/` out. */
  readonly ignoreFileLacksStore: boolean;
}

/**
 * Writes a template's files into a folder, all or none: where one of them is there already, nothing is written.
 * A `.gitignore` that is there is left as it is.
 */
export async function writeProject(
  folder: string,
  shown: string,
  files: readonly TemplateFile[],
): Promise<Written> {
  await requireNoFile(folder, shown);
  const ignored = await readFile(join(folder, IGNORE_FILE), "utf8").catch(() => undefined);
  const wanted = files.filter(({ path }) => path !== IGNORE_FILE || ignored === undefined);
  const taken = await existing(folder, wanted);
  if (taken.length > 0) throw alreadyThere(shown, taken);
  for (const { path, text } of wanted) {
    try {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      // `wx`: what somebody else writes meanwhile is not overwritten either.
      await writeFile(join(folder, path), text, { flag: "wx" });
    } catch (cause) {
      throw new CommandError("unwritable_file", `can't write \`${path}\` into \`${shown}\``, {
        help: (cause as Error).message,
        cause,
      });
    }
  }
  return {
    files: wanted.map(({ path }) => path),
    ignoreFileLacksStore: ignored !== undefined && !/^\/?\.cordon\/?\s*$/m.test(ignored),
  };
}

/** The files that are there already, and files that stand where a folder is needed. */
async function existing(folder: string, files: readonly TemplateFile[]): Promise<string[]> {
  const taken = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/");
    for (const depth of parts.keys()) {
      const part = parts.slice(0, depth + 1).join("/");
      const found = await lstat(join(folder, part)).catch(() => undefined);
      if (found === undefined) break;
      if (depth === parts.length - 1 || found.isFile()) taken.add(part);
    }
  }
  return [...taken];
}

async function requireNoFile(folder: string, shown: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isFile()) {
    throw new CommandError("files_exist", `\`${shown}\` is a file, not a folder`, {
      help: "give a folder that is empty or doesn't exist yet",
    });
  }
}

function alreadyThere(shown: string, taken: readonly string[]): CommandError {
  const named = taken.slice(0, MAX_NAMED).map((path) => `\`${path}\``);
  const more = taken.length > MAX_NAMED ? ` and ${taken.length - MAX_NAMED} more` : "";
  return new CommandError("files_exist", `\`${shown}\` already has ${named.join(", ")}${more}`, {
    help: "nothing was written; give another folder, or move them away",
  });
}
