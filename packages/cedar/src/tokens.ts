/** A lexical token of Cedar; whitespace and comments are none. */
export interface Token {
  kind: "identifier" | "string" | "number" | "slot" | "punctuation" | "invalid";
  text: string;
  /** UTF-16 offsets into the tokenized text. */
  start: number;
  end: number;
}

const SPACE = /[\s\x85]/;
const PUNCTUATION: ReadonlySet<string> = new Set("@(){}[]<>.,;:?!+*/%=-");
const PAIRS: ReadonlySet<string> = new Set(["::", "==", "!=", "<=", ">=", "&&", "||"]);

/** What a character of ASCII can begin; 0 for none of these. */
const DIGIT = 1;
const NAME = 2;
const SPACES = 3;
const STARTS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[_a-zA-Z]/.test(character)) return NAME;
  return SPACE.test(character) ? SPACES : 0;
});

/**
 * Splits Cedar source into tokens, well-formed or not: it only serves to find where policies and clauses are,
 * and what can't be a token becomes an `invalid` one of a single character, or of all the rest where a string
 * isn't closed. Judging the text is the official parser's business.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const first = startOf(text, at);
    if (first === SPACES) {
      at += 1;
      continue;
    }
    let kind: Token["kind"];
    if (first === NAME) {
      kind = "identifier";
      at = nameEnd(text, at + 1);
    } else if (first === DIGIT) {
      kind = "number";
      while (startOf(text, at) === DIGIT) at += 1;
    } else if (text.startsWith("//", at)) {
      at = lineEnd(text, at);
      continue;
    } else [kind, at] = markAt(text, at);
    tokens.push({ kind, text: text.slice(start, at), start, end: at });
  }
  return tokens;
}

function startOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 128) return STARTS[code] ?? 0;
  // Past the end there is no code, and no space either.
  return SPACE.test(text.charAt(at)) ? SPACES : 0;
}

function nameEnd(text: string, from: number): number {
  let at = from;
  for (let start = startOf(text, at); start === NAME || start === DIGIT; start = startOf(text, at)) at += 1;
  return at;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}

/** A token that is neither a name nor a number, and where it ends. */
function markAt(text: string, at: number): [Token["kind"], number] {
  const character = text.charAt(at);
  if (character === '"') {
    const end = stringEnd(text, at);
    return end === null ? ["invalid", text.length] : ["string", end];
  }
  if (character === "?" && startOf(text, at + 1) === NAME) return ["slot", nameEnd(text, at + 1)];
  if (PAIRS.has(text.slice(at, at + 2))) return ["punctuation", at + 2];
  if (PUNCTUATION.has(character)) return ["punctuation", at + 1];
  return ["invalid", at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)];
}

/** Past the closing quote, or null where there is none. */
function stringEnd(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === "\\") at += 1;
  }
  return null;
}
