import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { loadProject } from "@cordon/pdp/project";
import { CommandError } from "../failure.js";
import { findProject } from "../project/folder.js";

export interface PolicyFile {
  /** As people see it: relative to where the command was typed. */
  readonly shown: string;
  readonly path: string;
}

export interface FoundFiles {
  readonly files: readonly PolicyFile[];
  /** Schemas that were named: there is no formatter for them that keeps comments. */
  readonly schemas: readonly string[];
}

/** The policy files that the paths name or hold, or those of the project where there are no paths. */
export async function findPolicyFiles(
  paths: readonly string[],
  project: string | undefined,
): Promise<FoundFiles> {
  if (paths.length === 0) return { files: await filesOfProject(findProject(project)), schemas: [] };
  const found = new Map<string, PolicyFile>();
  const schemas: string[] = [];
  for (const path of paths) {
    for (const file of await filesAt(path)) {
      if (file.endsWith(".cedarschema")) schemas.push(shown(file));
      else found.set(file, { shown: shown(file), path: file });
    }
  }
  return { files: [...found.values()], schemas };
}

async function filesOfProject(folder: string): Promise<PolicyFile[]> {
  const { texts } = await loadProject(folder);
  return [...texts.keys()]
    .filter((name) => name.endsWith(".cedar"))
    .map((name) => ({ shown: shown(join(folder, name)), path: join(folder, name) }));
}

async function filesAt(path: string): Promise<string[]> {
  const full = resolve(path);
  const found = await stat(full).catch(() => undefined);
  if (found === undefined) {
    throw new CommandError("unreadable_file", `there is no \`${path}\``, {
      help: "give files or folders of policies; without any, the project's policies are formatted",
    });
  }
  if (!found.isDirectory()) {
    if (/\.cedar(schema)?$/.test(path)) return [full];
    throw new CommandError("invalid_argument", `\`${path}\` is not a file of policies`, {
      help: "files of policies end in `.cedar`",
    });
  }
  const names = await readdir(full, { recursive: true });
  return names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".cedar") && !/(^|\/)(\.|node_modules\/)/.test(name))
    .sort()
    .map((name) => join(full, name));
}

function shown(path: string): string {
  return relative(process.cwd(), path).replaceAll("\\", "/") || path;
}

export async function readPolicyFile({ path, shown: name }: PolicyFile): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CommandError("unreadable_file", `can't read \`${name}\``, {
      help: (cause as Error).message,
      cause,
    });
  }
}
