import type { PatternElementJson } from "@cordon/engine";

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };
const ESCAPE = /\\(?:u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|([\s\S]))/g;

/** What a string literal, quotes included, stands for. */
export function unescapeText(literal: string): string {
  return literal.slice(1, -1).replace(ESCAPE, (_, ...groups) => unescapeOne(groups));
}

/** The pattern of a `like`: `*` is any text, `\*` is an asterisk, and neighbouring characters stay single, as in Cedar's JSON. */
export function readPattern(literal: string): PatternElementJson[] {
  const elements: PatternElementJson[] = [];
  const body = literal.slice(1, -1);
  for (let at = 0; at < body.length; ) {
    if (body[at] === "*") {
      elements.push("Wildcard");
      at += 1;
      continue;
    }
    ESCAPE.lastIndex = at;
    const escaped = body[at] === "\\" ? ESCAPE.exec(body) : null;
    const length = escaped?.[0].length ?? String.fromCodePoint(body.codePointAt(at) ?? 0).length;
    elements.push({ Literal: escaped ? unescapeOne(escaped.slice(1)) : body.slice(at, at + length) });
    at += length;
  }
  return elements;
}

function unescapeOne([unicode, byte, simple]: (string | undefined)[]): string {
  const code = unicode ?? byte;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return SIMPLE[simple ?? ""] ?? simple ?? "";
}
