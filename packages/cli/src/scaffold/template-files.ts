import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface TemplateFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** npm leaves files of that name out of packages, so that templates have it without the dot. */
const WITHOUT_DOT = "gitignore";

/** The files of a template, ordered by path, as they are to stand in the project. */
export async function templateFiles(name: string): Promise<TemplateFile[]> {
  const folder = fileURLToPath(new URL(`../../templates/${name}/`, import.meta.url));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/"))
    // Whoever tries a template where it lies leaves a decision log and keys behind.
    .filter((path) => !path.split("/").some((part) => part.startsWith(".")));
  const files = paths.map(async (path) => ({
    path: path === WITHOUT_DOT ? ".gitignore" : path,
    text: await readFile(join(folder, path), "utf8"),
  }));
  return (await Promise.all(files)).sort((a, b) => (a.path < b.path ? -1 : 1));
}
