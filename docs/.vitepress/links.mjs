/** Folders of the repository that have pages of their own on the site, made from their READMEs. */
const PAGES = /^(?:\.\.\/)+(packages|examples)\/([\w-]+)(?:\/(?:README\.md)?)?(#.*)?$/;
const OUTSIDE = /^(?:\.\.\/)+(?:packages|examples|bench|conformance|scripts|schemas|apps)(?:\/|$)/;

/**
 * Pages link to each other and to files of the repository as they stand there, so that they read well in both places.
 * On the site, a README becomes its page, and a file that has none becomes its name.
 *
 * @param {import("markdown-it").default} markdown
 * @param {(page: string) => boolean} hasPage whether the site has this page, such as `packages/gates`
 */
export function repositoryLinks(markdown, hasPage) {
  // Before VitePress looks for dead links, which it does while it renders.
  markdown.core.ruler.push("repository-links", ({ tokens }) => {
    for (const { children } of tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        if (token.type !== "link_open") continue;
        const href = token.attrGet("href") ?? "";
        const [, folder, name, anchor = ""] = PAGES.exec(href) ?? [];
        if (folder !== undefined && hasPage(`${folder}/${name}`)) {
          token.attrSet("href", `/${folder}/${name}${anchor}`);
        } else if (OUTSIDE.test(href)) {
          token.tag = "span";
          token.attrs = [["title", `${href.replace(/^(\.\.\/)+/, "")}, in the repository`]];
          token.type = "text_open";
          const close = children?.slice(index).find(({ type }) => type === "link_close");
          if (close !== undefined) close.tag = "span";
        }
      }
    }
  });
}
