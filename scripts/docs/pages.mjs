import { readFileSync } from "node:fs";
import { join } from "node:path";
import { display, filesUnder, root } from "../testing/workspaces.mjs";
import { commandsPage } from "./commands.mjs";
import { endpointsPage } from "./endpoints.mjs";
import { errorCodesPage } from "./error-codes.mjs";
import { withIncludes } from "./includes.mjs";
import { formatted } from "./markdown.mjs";
import { settingsPage } from "./settings.mjs";

const NOTICE =
  "<!-- Written by `node scripts/write-docs.mjs` from the code; what is changed here is lost. -->";

/** What is written from the code: path, and how to make the page. */
const REFERENCE = {
  "docs/reference/commands.md": commandsPage,
  "docs/reference/settings.md": settingsPage,
  "docs/reference/endpoints.md": endpointsPage,
  "docs/reference/error-codes.md": errorCodesPage,
};

/**
 * Every page that holds something written from code or files, as it should be now.
 *
 * @returns {Promise<{ path: string, text: string }[]>}
 */
export async function currentPages() {
  const pages = [];
  for (const [path, make] of Object.entries(REFERENCE)) {
    const [title = "", ...rest] = (await make()).split("\n");
    pages.push({ path, text: await formatted(`${title}\n\n${NOTICE}\n${rest.join("\n")}\n`) });
  }
  const including = filesUnder(join(root, "docs"), (path) => path.endsWith(".md"))
    .map((path) => ({ path: display(path), text: readFileSync(path, "utf8") }))
    .filter(({ text }) => text.includes("<!-- from "));
  return [...pages, ...including.map(({ path, text }) => ({ path, text: withIncludes(text) }))];
}
