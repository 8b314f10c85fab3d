import { pointer } from "../pointer.js";
import { JsonError, type JsonErrorCode } from "./error.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
/** Converting digits to a bigint takes quadratic time; nobody needs more than this. */
const MAX_DIGITS = 1000;

/** The tokens of a JSON text, and a position in it. What is built from them is up to the caller. */
export class Scanner {
  readonly text: string;
  readonly path: (string | number)[] = [];
  readonly #allowLoneSurrogates: boolean;
  position = 0;

  constructor(text: string, allowLoneSurrogates: boolean) {
    this.text = text;
    this.#allowLoneSurrogates = allowLoneSurrogates;
  }

  /** The code of the next character that is not white space; NaN at the end. */
  peek(): number {
    const { text } = this;
    let code = text.charCodeAt(this.position);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.position += 1;
      code = text.charCodeAt(this.position);
    }
    return code;
  }

  /** Takes the next character if it is this one. */
  take(code: number): boolean {
    if (this.peek() !== code) return false;
    this.position += 1;
    return true;
  }

  string(): string {
    const { text } = this;
    const start = this.position + 1;
    for (let i = start; ; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE) {
        this.position = i + 1;
        return this.#checked(text.slice(start, i), start - 1);
      }
      if (code === BACKSLASH) return this.#escapedString(start, i);
      if (!(code >= 0x20)) throw this.#badCharacter(i);
    }
  }

  number(): number | bigint {
    const start = this.position;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.unexpected();
    this.position = NUMBER.lastIndex;
    const [digits, fraction, exponent] = match;
    const number = Number(digits);
    if (fraction !== undefined || exponent !== undefined) {
      if (Number.isFinite(number)) return number + 0;
      throw this.error("json_number_range", `\`${digits.slice(0, 40)}\` is out of range`, start);
    }
    if (Number.isSafeInteger(number)) return number + 0;
    if (digits.length <= MAX_DIGITS) return BigInt(digits);
    throw this.error("json_number_range", `an integer of more than ${MAX_DIGITS} digits`, start);
  }

  /** Takes `true`, `false` or `null`. */
  word(): boolean | null {
    for (const [text, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (this.text.startsWith(text, this.position)) {
        this.position += text.length;
        return value;
      }
    }
    throw this.unexpected();
  }

  end(): void {
    if (!Number.isNaN(this.peek())) throw this.unexpected("the end");
  }

  unexpected(expected?: string): JsonError {
    const wanted = expected === undefined ? "" : `, expected ${expected}`;
    this.peek();
    if (this.position >= this.text.length) {
      return this.error("json_syntax", `unexpected end of the text${wanted}`, this.text.length);
    }
    const char = String.fromCodePoint(this.text.codePointAt(this.position) ?? 0);
    return this.error("json_syntax", `unexpected ${quoteChar(char)}${wanted}`, this.position);
  }

  error(code: JsonErrorCode, message: string, offset: number, help?: string): JsonError {
    const where = this.path.reduce<string>((path, member) => pointer(path, member), "");
    return new JsonError(code, message, {
      text: this.text,
      offset,
      pointer: where,
      ...(help === undefined ? {} : { help }),
    });
  }

  #escapedString(start: number, firstEscape: number): string {
    const { text } = this;
    let out = "";
    let copied = start;
    for (let i = firstEscape; ; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE) {
        this.position = i + 1;
        return this.#checked(out + text.slice(copied, i), start - 1);
      }
      if (!(code >= 0x20)) throw this.#badCharacter(i);
      if (code !== BACKSLASH) continue;
      out += text.slice(copied, i) + this.#escape(i);
      i += text[i + 1] === "u" ? 5 : 1;
      copied = i + 1;
    }
  }

  #escape(at: number): string {
    const char = this.text[at + 1] ?? "";
    if (char === "u") {
      const digits = this.text.slice(at + 2, at + 6);
      if (/^[0-9A-Fa-f]{4}$/.test(digits)) return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (plain !== undefined) return plain;
    throw this.error("json_syntax", "invalid escape in a string", at);
  }

  #checked(value: string, offset: number): string {
    if (this.#allowLoneSurrogates || !LONE_SURROGATE.test(value)) return value;
    throw this.error("json_lone_surrogate", "a string holds half of a surrogate pair", offset);
  }

  #badCharacter(offset: number): JsonError {
    if (offset >= this.text.length) {
      return this.error("json_syntax", "unexpected end of the text in a string", offset);
    }
    return this.error(
      "json_syntax",
      `unexpected ${quoteChar(this.text[offset] ?? "")} in a string`,
      offset,
      "control characters in strings must be escaped",
    );
  }
}

function quoteChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0xd800 && code <= 0xdfff)
    ? `character U+${code.toString(16).padStart(4, "0").toUpperCase()}`
    : `\`${char}\``;
}
