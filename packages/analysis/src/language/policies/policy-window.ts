import type { Token } from "@cordon/cedar";
import { tokenIndexAt } from "../text/tokens.js";

export type ScopePart = "principal" | "action" | "resource";
const PARTS: readonly ScopePart[] = ["principal", "action", "resource"];

/** One policy of a text that is being typed; ranges are of indexes into `tokens`, the end not included. */
export interface PolicyWindow {
  readonly tokens: readonly Token[];
  /** The policy's own tokens, its semicolon included. */
  readonly start: number;
  readonly end: number;
  /** Of `permit` or `forbid`; null where there is none yet. */
  readonly effect: number | null;
  /** The parentheses of the scope; `close` is `end` where they aren't closed. */
  readonly scope: { readonly open: number; readonly close: number } | null;
  /** From after its brace to its closing brace, or to `end`. */
  readonly clauses: readonly {
    readonly kind: "when" | "unless";
    readonly start: number;
    readonly end: number;
  }[];
}

/** The policy around an offset: between the semicolons on both sides of it. */
export function windowAt(tokens: readonly Token[], offset: number): PolicyWindow {
  let start = tokenIndexAt(tokens, offset);
  // A cursor right behind a semicolon is in the next policy.
  if (tokens[start]?.text === ";" && tokens[start]?.end === offset) start += 1;
  let end = start;
  while (start > 0 && !isSemicolon(tokens[start - 1])) start -= 1;
  while (end < tokens.length && !isSemicolon(tokens[end])) end += 1;
  return windowOf(tokens, start, Math.min(end + 1, tokens.length));
}

/** Every policy of a text. */
export function windowsOf(tokens: readonly Token[]): PolicyWindow[] {
  const windows: PolicyWindow[] = [];
  let start = 0;
  for (let at = 0; at < tokens.length; at++) {
    if (!isSemicolon(tokens[at])) continue;
    windows.push(windowOf(tokens, start, at + 1));
    start = at + 1;
  }
  if (start < tokens.length) windows.push(windowOf(tokens, start, tokens.length));
  return windows;
}

function isSemicolon(token: Token | undefined): boolean {
  return token?.kind === "punctuation" && token.text === ";";
}

function windowOf(tokens: readonly Token[], start: number, end: number): PolicyWindow {
  const effect = find(tokens, start, end, (at) => {
    const { text = "" } = tokens[at] ?? {};
    return (text === "permit" || text === "forbid") && tokens[at - 1]?.text !== "@";
  });
  const opens = effect !== null && tokens[effect + 1]?.text === "(" && effect + 1 < end;
  const scope = opens ? { open: effect + 1, close: closing(tokens, effect + 1, end) } : null;
  return { tokens, start, end, effect, scope, clauses: clausesOf(tokens, scope?.close ?? end, end) };
}

function find(
  tokens: readonly Token[],
  start: number,
  end: number,
  test: (at: number) => boolean,
): number | null {
  for (let at = start; at < end; at++) if (tokens[at]?.kind !== "string" && test(at)) return at;
  return null;
}

const OPENING: ReadonlySet<string> = new Set(["(", "[", "{"]);
const CLOSING: ReadonlySet<string> = new Set([")", "]", "}"]);

/** +1 for an opening bracket, -1 for a closing one. */
export function nesting(token: Token | undefined): -1 | 0 | 1 {
  if (token?.kind !== "punctuation") return 0;
  return OPENING.has(token.text) ? 1 : CLOSING.has(token.text) ? -1 : 0;
}

/** The bracket that closes the one at `open`; where none does, a clause's keyword or `end`. */
export function closing(tokens: readonly Token[], open: number, end: number): number {
  let depth = 0;
  for (let at = open; at < end; at++) {
    depth += nesting(tokens[at]);
    if (depth === 0) return at;
    if (isClauseStart(tokens, at)) return at;
  }
  return end;
}

function isClauseStart(tokens: readonly Token[], at: number): boolean {
  const { kind, text } = tokens[at] ?? {};
  return kind === "identifier" && (text === "when" || text === "unless") && tokens[at + 1]?.text === "{";
}

function clausesOf(tokens: readonly Token[], start: number, end: number): PolicyWindow["clauses"] {
  const clauses: { kind: "when" | "unless"; start: number; end: number }[] = [];
  for (let at = start; at < end; at++) {
    if (!isClauseStart(tokens, at)) continue;
    const close = closing(tokens, at + 1, end);
    clauses.push({ kind: tokens[at]?.text as "when" | "unless", start: at + 2, end: close });
    at = Math.max(at + 1, close - 1);
  }
  return clauses;
}

/** The parts of a scope: of each, the tokens between its commas. */
export function scopeParts(window: PolicyWindow): { part: ScopePart; start: number; end: number }[] {
  if (window.scope === null) return [];
  const { open, close } = window.scope;
  const parts: { part: ScopePart; start: number; end: number }[] = [];
  let start = open + 1;
  let depth = 0;
  for (let at = open + 1; at <= close; at++) {
    const token = window.tokens[at];
    const isEnd = at === close || (depth === 0 && token?.kind === "punctuation" && token.text === ",");
    if (at < close) depth += nesting(token);
    const part = PARTS[parts.length];
    if (!isEnd || part === undefined) continue;
    parts.push({ part, start, end: at });
    start = at + 1;
  }
  return parts;
}
