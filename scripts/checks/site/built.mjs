import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { display, filesUnder } from "../../testing/workspaces.mjs";

/**
 * Links of a built site to places of a page that the page doesn't have, which the builder doesn't look for.
 *
 * @param {string} site
 * @returns {string[]}
 */
export function deadAnchors(site) {
  const pages = new Map(
    filesUnder(site, (path) => path.endsWith(".html"), []).map((path) => [
      `/${display(path, site).replace(/(^|\/)index\.html$|\.html$/, "$1")}`,
      readFileSync(path, "utf8"),
    ]),
  );
  return [...pages].flatMap(([page, html]) => {
    const [, content = ""] = /<main[^>]*>([\s\S]*)<\/main>/.exec(html) ?? [];
    return [...content.matchAll(/href="([^"]*)#([^"]+)"/g)]
      .filter(([, target = ""]) => !/^[a-z]+:/.test(target))
      .filter(([, target = "", anchor = ""]) => {
        const there = target === "" ? page : posix.join(posix.dirname(page), target);
        const text = pages.get(target.startsWith("/") ? target : there);
        return text !== undefined && !text.includes(`id="${decodeURIComponent(anchor)}"`);
      })
      .map(([, target, anchor]) => `${page} links to ${target}#${anchor}`);
  });
}

/**
 * What a built site would load from another host: nothing, so that it works where there is no network.
 *
 * @param {string} site
 * @returns {string[]}
 */
export function foreignAssets(site) {
  return filesUnder(site, (path) => /\.(html|css)$/.test(path), []).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const loaded = text.matchAll(/(?:\ssrc=|<link[^>]*\shref=|url\()["']?(?:https?:)?(\/\/[^"')\s]+)/g);
    return [...loaded].map(([, address]) => `${display(path, site)} loads ${address}`);
  });
}
