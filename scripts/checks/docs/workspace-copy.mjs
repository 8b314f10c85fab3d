import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { display, root, workspaces } from "../../testing/workspaces.mjs";

const LEFT_OUT = new Set(["node_modules", ".git", ".cordon", ".vitepress"]);
/** Reached through what is installed, and nine tenths of all files. */
const INSTALLED = /^(packages|apps)\/[^/]+\/(src|dist)$/;

/**
 * Gives `use` a copy of the project in which a document may edit and create what it likes. What is installed is shared.
 *
 * @template T
 * @param {(directory: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function inCopyOfProject(use) {
  const directory = mkdtempSync(join(tmpdir(), "cordon-docs-"));
  try {
    cpSync(root, directory, {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(basename(source)) && !INSTALLED.test(display(source)),
    });
    for (const folder of ["", ...workspaces().map((workspace) => workspace.folder)]) {
      const installed = join(root, folder, "node_modules");
      if (existsSync(installed)) symlinkSync(installed, join(directory, folder, "node_modules"), "junction");
    }
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
