import { lineOf, withoutComments } from "./sources.mjs";

/**
 * AuthZEN's word for a principal. Elsewhere it would be a second name for one thing, and sooner or later a second thing.
 */
const FOREIGN_WORD = /\bsubject\b/g;

/**
 * @param {readonly import("./sources.mjs").Source[]} sources
 * @returns {{ title: string, detail: string }[]}
 */
export function checkVocabulary(sources) {
  return sources
    .filter(
      (source) => source.workspace.folder.startsWith("packages/") && !source.test && !isCodec(source.path),
    )
    .map((source) => ({ path: source.path, lines: linesWith(source.text) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ path, lines }) => ({
      title: `${path}:${lines.join(",")} says \`subject\``,
      detail:
        "the word is `principal`; `subject` belongs to the AuthZEN codec (a folder or file named authzen) alone",
    }));
}

/** @param {string} text */
function linesWith(text) {
  const lines = [...withoutComments(text).matchAll(FOREIGN_WORD)].map((match) => lineOf(text, match.index));
  return [...new Set(lines)];
}

/** @param {string} path */
function isCodec(path) {
  return path.split("/").some((part) => part === "authzen" || part.startsWith("authzen"));
}
