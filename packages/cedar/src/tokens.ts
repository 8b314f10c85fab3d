/** A lexical token of Cedar; whitespace and comments are none. */
export interface Token {
  kind: "identifier" | "string" | "number" | "slot" | "punctuation" | "invalid";
  text: string;
  /** UTF-16 offsets into the tokenized text. */
  start: number;
  end: number;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<skipped>[\s\x85]+|//[^\n\r]*)`,
    "(?<identifier>[_a-zA-Z][_a-zA-Z0-9]*)",
    String.raw`(?<string>"(?:\\[^]|[^"\\])*")`,
    String.raw`(?<number>\d+)`,
    String.raw`(?<slot>\?[_a-zA-Z][_a-zA-Z0-9]*)`,
    String.raw`(?<punctuation>::|==|!=|<=|>=|&&|\|\||[@(){}\[\]<>.,;:?!+*/%=\-])`,
  ].join("|"),
  "y",
);

/**
 * Splits Cedar source into tokens, well-formed or not: it only serves to find where policies and clauses are,
 * and what can't be a token becomes an `invalid` one of a single character, or of all the rest where a string
 * isn't closed. Judging the text is the official parser's business.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const end = match ? pattern.lastIndex : invalidEnd(text, at);
    const kind = match ? kindOf(match.groups ?? {}) : "invalid";
    if (kind !== null) tokens.push({ kind, text: text.slice(at, end), start: at, end });
    at = end;
  }
  return tokens;
}

function invalidEnd(text: string, at: number): number {
  if (text[at] === '"') return text.length;
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

function kindOf(groups: Record<string, string | undefined>): Token["kind"] | null {
  if (groups.identifier !== undefined) return "identifier";
  if (groups.punctuation !== undefined) return "punctuation";
  if (groups.skipped !== undefined) return null;
  if (groups.string !== undefined) return "string";
  return groups.number === undefined ? "slot" : "number";
}
