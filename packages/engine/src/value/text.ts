/** What Cedar's own escaping leaves out of printed text: controls, format characters, separators but the space. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u;
const NEEDS_ESCAPE = /["'\\]|[^\x20-\x7e]/;
const GRAPHEME_EXTEND = /^\p{Grapheme_Extend}/u;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\r": "\\r",
  "\n": "\\n",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};

/** Escapes text for a Cedar string literal, exactly as Cedar prints entity ids and strings in its messages. */
export function escapeText(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return text;
  let out = "";
  for (const char of text) {
    const short = SHORT_ESCAPES[char];
    if (short !== undefined) out += short;
    else if (char !== " " && (UNPRINTABLE.test(char) || (out === "" && GRAPHEME_EXTEND.test(char)))) {
      out += unicodeEscape(char);
    } else out += char;
  }
  return out;
}

/** Text as Cedar lists attribute names of a record: like a literal, but `'` stays. */
export function debugText(text: string): string {
  let out = "";
  for (const char of text) {
    out += char === "'" ? char : GRAPHEME_EXTEND.test(char) ? unicodeEscape(char) : escapeText(char);
  }
  return `"${out}"`;
}

function unicodeEscape(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A Cedar string literal. */
export function quoteText(text: string): string {
  return `"${escapeText(text)}"`;
}

/** Orders text as Cedar orders record keys: by code point, where JavaScript's own order is by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for the highest code points, above the rest of the BMP. */
function surrogatesLast(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
