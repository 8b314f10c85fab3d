import { type Token, tokenize } from "./tokens.js";

/** One policy or template as it stands in a file. Offsets count UTF-16 units from the start of `text`. */
export interface PolicyText {
  /** From its first annotation or its effect to its semicolon. */
  text: string;
  /** Where `text` starts in the file. */
  offset: number;
  clauses: ClauseText[];
  /** Whether it has a slot, which makes it a template. */
  isTemplate: boolean;
  /** Where the string of `@id("…")` is, quotes included. */
  idAnnotation: { start: number; end: number } | null;
}

/** The expression of a clause, without its braces and the space beside them. */
export interface ClauseText {
  kind: "when" | "unless";
  start: number;
  end: number;
}

/**
 * Splits a file into its policies. Cedar has semicolons at the ends of policies and nowhere else, so each ends
 * one whatever is unbalanced before it: an error in one policy leaves the others whole. Anything after the last
 * semicolon is a policy too, if an unfinished one.
 */
export function splitPolicies(file: string): PolicyText[] {
  const policies: PolicyText[] = [];
  let current: Token[] = [];
  for (const token of tokenize(file)) {
    current.push(token);
    if (token.text !== ";") continue;
    policies.push(policyFrom(file, current));
    current = [];
  }
  if (current.length > 0) policies.push(policyFrom(file, current));
  return policies;
}

function policyFrom(file: string, tokens: Token[]): PolicyText {
  const offset = tokens[0]?.start ?? 0;
  const end = tokens.at(-1)?.end ?? offset;
  return {
    text: file.slice(offset, end),
    offset,
    clauses: clausesOf(tokens).map(({ kind, start, end }) => ({
      kind,
      start: start - offset,
      end: end - offset,
    })),
    isTemplate: tokens.some(({ kind }) => kind === "slot"),
    idAnnotation: idAnnotationOf(tokens, offset),
  };
}

const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);

function clausesOf(tokens: Token[]): ClauseText[] {
  const clauses: ClauseText[] = [];
  let depth = 0;
  let open: { kind: ClauseText["kind"]; brace: number } | undefined;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "punctuation") continue;
    if (OPENING.has(token.text)) {
      const kind = tokens[index - 1]?.text;
      if (depth === 0 && token.text === "{" && (kind === "when" || kind === "unless"))
        open = { kind, brace: index };
      depth += 1;
    } else if (CLOSING.has(token.text)) {
      depth -= 1;
      if (depth > 0 || open === undefined) continue;
      const first = tokens[open.brace + 1];
      const last = tokens[index - 1];
      // In `{}` the first token after the brace is the closing one.
      if (first && last && first.start < token.start) {
        clauses.push({ kind: open.kind, start: first.start, end: last.end });
      }
      open = undefined;
    }
  }
  return clauses;
}

function idAnnotationOf(tokens: Token[], offset: number): PolicyText["idAnnotation"] {
  for (const [index, token] of tokens.entries()) {
    const value = tokens[index + 3];
    // Annotations come first: nothing after the effect is one.
    if (token.text === "permit" || token.text === "forbid") {
      if (tokens[index - 1]?.text !== "@") return null;
    }
    if (token.text === "@" && tokens[index + 1]?.text === "id" && value?.kind === "string") {
      return { start: value.start - offset, end: value.end - offset };
    }
  }
  return null;
}
