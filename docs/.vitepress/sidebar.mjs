import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmePages } from "./readmes.mjs";

const docs = fileURLToPath(new URL("..", import.meta.url));

/** Pages in the order in which they are read. A page that is not named here still appears, at the end. */
const ORDER = [
  ["Start", ["tutorial", "starting", "policy-projects", "decisions"]],
  ["Write policies", ["testing", "lints", "explain", "editors", "typegen"]],
  [
    "Run",
    [
      "server",
      "library",
      "filters",
      "row-level-security",
      "fields",
      "search",
      "sources",
      "identity",
      "decision-log",
    ],
  ],
  ["Coming from", ["coming-from", "coming-from/*"]],
  ["Cookbook", ["cookbook", "cookbook/*"]],
  ["Reference", ["reference/*"]],
  ["Project", ["engine", "bench", "mutation-testing", "dependencies"]],
  ["Decisions of design", ["decisions/*"]],
];

/** Every page of `docs/`, under the heading where a reader would look for it. */
export function sidebar() {
  const unplaced = new Set(pages());
  const groups = ORDER.map(([text, patterns]) => {
    const found = patterns.flatMap((pattern) => take(pattern, unplaced));
    return { text, items: found.map(item), collapsed: text === "Decisions of design" };
  });
  groups.push({ text: "Packages and examples", items: readmes(), collapsed: true });
  if (unplaced.size > 0) groups.push({ text: "More", items: [...unplaced].map(item), collapsed: false });
  return groups.filter(({ items }) => items.length > 0);
}

function pages() {
  return readdirSync(docs, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md") && !path.startsWith(".") && !path.includes("["))
    .map((path) => path.slice(0, -".md".length))
    .filter((page) => page !== "index")
    .sort();
}

function readmes() {
  return ["packages", "examples"].flatMap((folder) =>
    readmePages(folder).map(({ params, content }) => ({
      text: /^# (.+)$/m.exec(content)?.[1] ?? params.name,
      link: `/${folder}/${params.name}`,
    })),
  );
}

/**
 * @param {string} pattern a page, or a folder with `/*`
 * @param {Set<string>} unplaced
 */
function take(pattern, unplaced) {
  const found = pattern.endsWith("/*")
    ? [...unplaced].filter((page) => page.startsWith(pattern.slice(0, -1)))
    : [...unplaced].filter((page) => page === pattern || page === `${pattern}/index`);
  for (const page of found) unplaced.delete(page);
  return found;
}

/** @param {string} page */
function item(page) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), "utf8")) ?? [];
  return { text: title?.replaceAll("`", "") ?? page, link: `/${page.replace(/(^|\/)index$/, "$1")}` };
}
