import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { display, filesUnder, root, workspaces } from "../testing/workspaces.mjs";
import { checkData, dataLanguages } from "./docs/data.mjs";
import { runShell } from "./docs/shell.mjs";
import { findSnippets } from "./docs/snippets.mjs";
import { checkTypeScript } from "./docs/typescript.mjs";
import { inCopyOfProject } from "./docs/workspace-copy.mjs";

/** @typedef {import("./docs/snippets.mjs").Snippet} Snippet */

/** Languages that nothing here can check. A block without a language, or with another one, is an error. */
const PROSE = ["text", "http", "mermaid", "diff"];
const SHELL = ["sh"];
const CODE = ["ts"];

/** What the documents show is what happens: sh blocks are run, ts blocks compiled, data parsed, links followed. */
export async function check() {
  /** @type {import("../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  const documents = findDocuments().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  const snippets = documents.flatMap(({ path, text }) => findSnippets(path, text));
  const skipped = snippets.filter((snippet) => snippet.directives.has("skip"));
  const checked = snippets.filter((snippet) => !snippet.directives.has("skip"));
  outcome.notes.push(`${documents.length} documents, ${snippets.length} snippets`);
  for (const { document, line, directives } of skipped)
    outcome.notes.push(`${document}:${line} skipped: ${directives.get("skip")}`);

  for (const document of documents) add(outcome, checkLinks(document));
  add(outcome, checkLanguages(checked));
  add(outcome, await checkData(checked.filter((snippet) => dataLanguages.includes(snippet.language))));
  add(outcome, await checkCode(checked.filter((snippet) => CODE.includes(snippet.language))));
  const sessions = documents
    .map(({ path }) => checked.filter((snippet) => snippet.document === path && isStep(snippet)))
    .filter((steps) => steps.some((snippet) => SHELL.includes(snippet.language)));
  for (const part of await runSessions(sessions)) add(outcome, part);
  return outcome;
}

/** @param {Snippet[]} snippets */
async function checkCode(snippets) {
  if (snippets.length === 0) return { passed: 0, failures: [], notes: [] };
  return inCopyOfProject((directory) => checkTypeScript(snippets, directory));
}

/**
 * Documents don't share anything, so as many run at a time as there are cores.
 *
 * @param {Snippet[][]} sessions
 */
async function runSessions(sessions) {
  /** @type {import("../testing/report.mjs").Outcome[]} */
  const outcomes = [];
  const waiting = [...sessions.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, steps] = next;
      outcomes[index] = await inCopyOfProject((directory) => runShell(steps, directory));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return outcomes;
}

/** @param {Snippet} snippet */
function isStep({ language, directives }) {
  return (
    SHELL.includes(language) || directives.has("file") || (language === "text" && directives.has("output"))
  );
}

function findDocuments() {
  const readmes = ["", ...workspaces().map((workspace) => workspace.folder)]
    .map((folder) => join(root, folder, "README.md"))
    .filter((path) => existsSync(path));
  const docs = filesUnder(join(root, "docs"), (path) => path.endsWith(".md"));
  return [...readmes, ...docs].map((path) => display(path));
}

/**
 * @param {Snippet[]} snippets
 * @returns {import("../testing/report.mjs").Outcome}
 */
function checkLanguages(snippets) {
  const known = [...PROSE, ...SHELL, ...CODE, ...dataLanguages];
  const failures = snippets
    .filter((snippet) => !known.includes(snippet.language) && !snippet.directives.has("file"))
    .map(({ document, line, language }) => ({
      title: `${document}:${line} has ${language === "" ? "no language" : `the language \`${language}\``}`,
      detail: `known are ${known.join(", ")}`,
    }));
  return { passed: 0, failures, notes: [] };
}

/**
 * @param {{ path: string, text: string }} document
 * @returns {import("../testing/report.mjs").Outcome}
 */
function checkLinks({ path, text }) {
  const prose = text.replace(/^\s*```[\s\S]*?^\s*```/gm, "").replace(/`[^`\n]*`/g, "");
  const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), decodeURI(target.replace(/#.*$/, "")))));
  const failures = broken.map((target) => ({
    title: `${path} links to \`${target}\``,
    detail: "no such file",
  }));
  return { passed: failures.length === 0 ? 1 : 0, failures, notes: [] };
}

/**
 * @param {import("../testing/report.mjs").Outcome} total
 * @param {import("../testing/report.mjs").Outcome} part
 */
function add(total, part) {
  total.passed += part.passed;
  total.failures.push(...part.failures);
  total.notes.push(...part.notes);
}
