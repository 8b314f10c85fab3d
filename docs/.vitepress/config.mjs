import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { repositoryLinks } from "./links.mjs";
import { hasReadme } from "./readmes.mjs";
import { sidebar } from "./sidebar.mjs";

const { grammars, aliases } = cedarHighlighting();

export default defineConfig({
  title: "Cordon",
  description: "Who may do what, decided at the moment of the action, by rules that a person can read",
  lang: "en",
  cleanUrls: true,
  lastUpdated: false,
  cacheDir: "../node_modules/.cache/vitepress",
  srcExclude: ["**/demo-output.txt"],
  // A table that needs no headings has none.
  head: [["style", {}, ".vp-doc thead:not(:has(th:not(:empty))) { display: none }"]],
  markdown: {
    languages: grammars,
    languageAlias: { ...aliases, mermaid: "text" },
    // As in the repository, so that a link to a heading works in both places.
    anchor: {
      slugify: (text) =>
        text
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\s_-]/gu, "")
          .trim()
          .replace(/\s/g, "-"),
    },
    config: (markdown) => repositoryLinks(markdown, hasReadme),
  },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Tutorial", link: "/tutorial" },
      { text: "Cookbook", link: "/cookbook/" },
      { text: "Reference", link: "/reference/commands" },
    ],
    sidebar: sidebar(),
    outline: { level: [2, 3] },
  },
});

/** The grammars of the editor extension; without them, the nearest language there is. */
function cedarHighlighting() {
  const grammars = [];
  /** @type {Record<string, string>} */
  const aliases = {};
  for (const name of ["cedar", "cedarschema"]) {
    const file = fileURLToPath(
      new URL(`../../apps/vscode/syntaxes/${name}.tmLanguage.json`, import.meta.url),
    );
    if (existsSync(file)) grammars.push({ ...JSON.parse(readFileSync(file, "utf8")), name });
    else aliases[name] = "rust";
  }
  return { grammars, aliases };
}
