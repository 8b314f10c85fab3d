import type { Token } from "@cordon/cedar";
import { isString } from "../text/tokens.js";
import { nesting } from "./policy-window.js";

/** Names that stand where a name could, but are never part of an operand. */
const WORDS: ReadonlySet<string> = new Set([
  "in",
  "has",
  "like",
  "is",
  "if",
  "then",
  "else",
  "when",
  "unless",
]);

/**
 * Where the operand starts whose last token is at `last`: `context.ip` of `… && context.ip`, with its calls and
 * indexes; null where no operand ends there. Nothing before `from` is looked at.
 */
export function operandStart(tokens: readonly Token[], last: number, from: number): number | null {
  let at = last;
  for (;;) {
    const start = stepStart(tokens, at, from);
    if (start === null || start < from) return null;
    const isContinued = tokens[start - 1]?.kind === "punctuation" && tokens[start - 1]?.text === ".";
    const isIndex = tokens[start]?.text === "[" && start > from && endsOperand(tokens[start - 1]);
    if (isContinued) at = start - 2;
    else if (isIndex) at = start - 1;
    else return start;
  }
}

/** The start of the part of an operand that ends at `at`: a name, a literal, a path, a call or an index. */
function stepStart(tokens: readonly Token[], at: number, from: number): number | null {
  const token = tokens[at];
  if (token === undefined || at < from) return null;
  if (token.kind === "number" || token.kind === "slot") return at;
  if (isString(token) || token.kind === "identifier") {
    if (token.kind === "identifier" && WORDS.has(token.text) && tokens[at - 1]?.text !== ".") return null;
    return pathStart(tokens, at);
  }
  if (nesting(token) !== -1) return null;
  const open = opening(tokens, at, from);
  if (open === null || token.text !== ")") return open;
  const before = tokens[open - 1];
  const isCall = before?.kind === "identifier" && !WORDS.has(before.text) && open - 1 >= from;
  return isCall ? pathStart(tokens, open - 1) : open;
}

function pathStart(tokens: readonly Token[], at: number): number {
  let start = at;
  while (tokens[start - 1]?.text === "::" && tokens[start - 2]?.kind === "identifier") start -= 2;
  return start;
}

export function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "identifier") return !WORDS.has(token.text);
  return token.kind !== "punctuation" || token.text === ")" || token.text === "]" || token.text === "}";
}

function opening(tokens: readonly Token[], close: number, from: number): number | null {
  let depth = 0;
  for (let at = close; at >= from; at--) {
    depth -= nesting(tokens[at]);
    if (depth === 0) return at;
  }
  return null;
}

/** The text of tokens, by which equal expressions are recognised. */
export function operandText(tokens: readonly Token[], start: number, end: number): string {
  return tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join("");
}

/** The path that ends in the `::` before `index`: `A::B` of `A::B::…`. */
export function pathBefore(tokens: readonly Token[], index: number): string {
  let start = index;
  while (tokens[start - 1]?.text === "::" && tokens[start - 2]?.kind === "identifier") start -= 2;
  return operandText(tokens, start, index - 1);
}
