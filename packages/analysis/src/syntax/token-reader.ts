import { type Token, tokenize } from "@cordon/cedar";

/** Thrown where a text isn't what Cedar's grammar allows; nobody outside this folder sees it. */
export class NotCedar extends Error {}

/** Walks the tokens of one policy. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: "invalid", text: "", start: 0, end: 0 };
  }

  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && token.kind !== "string";
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new NotCedar("the text ends too early");
    this.#at += 1;
    return token;
  }

  /** The next token if it is `text`. */
  take(text: string): Token | undefined {
    return this.is(text) ? this.next() : undefined;
  }

  expect(text: string): Token {
    const token = this.take(text);
    if (token === undefined) throw new NotCedar(`expected \`${text}\`, got \`${this.peek().text}\``);
    return token;
  }

  expectKind(kind: Token["kind"]): Token {
    const token = this.next();
    if (token.kind !== kind) throw new NotCedar(`expected a token of kind ${kind}, got \`${token.text}\``);
    return token;
  }

  /** Elements between here and `closing`, with commas between them and perhaps one after the last. */
  list<T>(closing: string, element: () => T): T[] {
    const elements: T[] = [];
    while (!this.is(closing)) {
      elements.push(element());
      if (this.take(",") === undefined) break;
    }
    this.expect(closing);
    return elements;
  }
}
