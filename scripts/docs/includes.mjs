import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../testing/workspaces.mjs";

const INCLUDE =
  /(<!-- from (\S+) -->\n\n?(?:<!-- snippet: [^\n]* -->\n\n?)*)(`{3,})([\w-]+)\n[\s\S]*?\n\3\n/g;

/**
 * Puts the file that a page names above a block into that block, so that pages read well wherever they are read and
 * show nothing but what is there: `<!-- from examples/cookbook/rbac/policies/roles.cedar -->`.
 *
 * @param {string} page
 */
export function withIncludes(page) {
  return page.replace(INCLUDE, (_whole, comments, path, fence, language) => {
    const text = readFileSync(join(root, path), "utf8").trimEnd();
    return `${comments}${fence}${language}\n${text}\n${fence}\n`;
  });
}
