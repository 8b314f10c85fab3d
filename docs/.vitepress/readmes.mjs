import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string} page such as `packages/gates` */
export function hasReadme(page) {
  return existsSync(`${root}${page}/README.md`);
}

/**
 * One page for each README under a folder of the repository.
 *
 * @param {string} folder
 */
export function readmePages(folder) {
  return readdirSync(`${root}${folder}`)
    .filter((name) => hasReadme(`${folder}/${name}`))
    .map((name) => ({
      params: { name },
      content: inSite(readFileSync(`${root}${folder}/${name}/README.md`, "utf8"), folder),
    }));
}

/**
 * A README's links start in its own folder, and its pictures are not part of the site.
 *
 * @param {string} text
 * @param {string} folder
 */
function inSite(text, folder) {
  return text
    .replace(/\]\(\.\.\/\.\.\/docs\/([^)]*)\)/g, "](/$1)")
    .replace(/\]\(\.\.\/([\w-]+)\/([^)]*)\)/g, `](../${folder}/$1/$2)`)
    .replace(/\]\((?![a-z]+:|[/.#])([^)]*)\)/g, `](../../${folder}/x/$1)`);
}
