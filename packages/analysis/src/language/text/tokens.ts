import { type Token, tokenize } from "@cordon/cedar";

/** Where a string that nobody closed is taken to end, so that one missing quote doesn't hide the rest of a file. */
const AFTER_UNCLOSED = /[,;)\]}]/;

/**
 * The tokens of a text that is being typed. Where quotes don't pair up, strings end at their line's end, and one
 * that isn't closed (an `invalid` token with a quote before it) ends before what can't be part of an id.
 */
export function liveTokens(text: string): Token[] {
  const tokens = tokenize(text);
  const last = tokens.at(-1);
  if (last?.kind !== "invalid" || !last.text.startsWith('"')) return tokens;
  const found: Token[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    addLine(line, at, found);
    at += line.length + 1;
  }
  return found;
}

function addLine(line: string, offset: number, found: Token[]): void {
  for (const token of tokenize(line)) {
    const { kind, start, end } = token;
    if (kind !== "invalid" || token.text[0] !== '"') {
      found.push({ ...token, start: start + offset, end: end + offset });
      continue;
    }
    const cut = token.text.slice(1).search(AFTER_UNCLOSED);
    const length = cut < 0 ? token.text.trimEnd().length : cut + 1;
    found.push({
      kind,
      text: token.text.slice(0, length),
      start: start + offset,
      end: start + offset + length,
    });
    if (cut >= 0) addLine(line.slice(start + length), offset + start + length, found);
  }
}

/** The index of the first token that ends at `offset` or after it; the number of tokens where there is none. */
export function tokenIndexAt(tokens: readonly Token[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The token that a cursor is on: where it stands between two, the one that is a name or a string. */
export function tokenAt(tokens: readonly Token[], offset: number): number | null {
  const index = tokenIndexAt(tokens, offset);
  const token = tokens[index];
  if (token === undefined || token.start > offset) return null;
  const next = tokens[index + 1];
  const isWord = ({ kind }: Token) => kind === "identifier" || kind === "string";
  return token.end === offset && !isWord(token) && next?.start === offset && isWord(next) ? index + 1 : index;
}

export function isString(token: Token | undefined): boolean {
  return token?.kind === "string" || (token?.kind === "invalid" && token.text.startsWith('"'));
}

/** Whether `offset` is in the comment of a line: after a `//` that is in no token. */
export function isInComment(text: string, tokens: readonly Token[], offset: number): boolean {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const index = tokenIndexAt(tokens, lineStart + 1);
  let from = lineStart;
  for (let at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.start >= offset) break;
    from = Math.max(from, token.end);
  }
  return from < offset && text.slice(from, offset).includes("//");
}

/** The comment in the lines right above the one that `offset` begins, without its slashes; null for none. */
export function commentAbove(text: string, offset: number): string | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  if (text.slice(lineStart, offset).trim() !== "") return null;
  const found: string[] = [];
  for (let end = lineStart - 1; end > 0; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (!line.startsWith("//")) break;
    found.unshift(line.replace(/^\/+ ?/, ""));
    end = start - 1;
  }
  return found.length === 0 ? null : found.join("\n");
}
