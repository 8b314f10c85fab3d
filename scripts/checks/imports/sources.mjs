import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { display, filesUnder, workspaces } from "../../testing/workspaces.mjs";

/**
 * @typedef {{ specifier: string, line: number, typeOnly: boolean, target: string | null }} Import
 *   `target` is the imported file relative to the base, for relative imports
 * @typedef {object} Source
 * @property {string} path relative to the base, with forward slashes
 * @property {string} text
 * @property {boolean} test only run while testing, never shipped
 * @property {import("../../testing/workspaces.mjs").Workspace} workspace
 * @property {Import[]} imports
 */

// The formatter writes every import in one shape, which makes a parser unnecessary; the format is checked as well.
const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^;"'`]*?\sfrom\s+)?"([^"]+)"/gm;
const CALL = /\bimport\("([^"]+)"\)/g;

/**
 * @param {string} base
 * @returns {Source[]}
 */
export function readSources(base) {
  return workspaces(base).flatMap((workspace) =>
    filesUnder(join(workspace.directory, "src"), (path) => /\.(ts|tsx|mts)$/.test(path)).map((file) => {
      const path = display(file, base);
      const text = readFileSync(file, "utf8");
      return { path, text, test: isTest(path), workspace, imports: readImports(path, text) };
    }),
  );
}

/** @param {string} path */
function isTest(path) {
  return /\.test(\.[\w-]+)?\.tsx?$/.test(path) || path.includes("/testing-internal/");
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Import[]}
 */
export function readImports(path, text) {
  const statements = [...text.matchAll(STATEMENT)].map((match) => ({
    specifier: match[2] ?? "",
    line: lineOf(text, match.index),
    typeOnly: match[1] !== undefined,
  }));
  const calls = [...withoutComments(text).matchAll(CALL)].map((match) => ({
    specifier: match[1] ?? "",
    line: lineOf(text, match.index),
    typeOnly: false,
  }));
  return [...statements, ...calls].map((found) => ({ ...found, target: resolve(path, found.specifier) }));
}

/**
 * Comments become blanks of the same length, so that positions stay true.
 *
 * @param {string} text
 */
export function withoutComments(text) {
  const literalOrComment =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(literalOrComment, (found) =>
    found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found,
  );
}

/**
 * @param {string} text
 * @param {number} offset
 */
export function lineOf(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

/**
 * @param {string} path
 * @param {string} specifier
 */
function resolve(path, specifier) {
  if (!specifier.startsWith(".")) return null;
  return posix
    .join(posix.dirname(path), specifier)
    .replace(/\.js$/, ".ts")
    .replace(/\.jsx$/, ".tsx");
}
