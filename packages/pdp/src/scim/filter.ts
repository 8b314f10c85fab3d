import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { attributeOf, isObject } from "./attributes.js";
import { type AttributePath, parseAttributePath } from "./path.js";
import { ScimError } from "./scim-error.js";

/** Whether a resource, or a value of several, is meant (RFC 7644, section 3.4.2.2). */
export type Filter = (object: JsonObject) => boolean;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+)/y;
const MAX_LENGTH = 8_192;
const MAX_DEPTH = 32;

type Compare = (found: JsonValue, wanted: JsonValue) => boolean;

const OPERATORS: Readonly<Record<string, Compare>> = {
  eq: (a, b) => fold(a) === fold(b),
  co: inText((a, b) => a.includes(b)),
  sw: inText((a, b) => a.startsWith(b)),
  ew: inText((a, b) => a.endsWith(b)),
  gt: inOrder((order) => order > 0),
  ge: inOrder((order) => order >= 0),
  lt: inOrder((order) => order < 0),
  le: inOrder((order) => order <= 0),
};

/** @throws ScimError `invalidFilter` */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw invalid("it is too long");
  const parser = new FilterParser(text);
  const filter = parser.expression(0);
  parser.end();
  return filter;
}

class FilterParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw invalid(`\`${this.#tokens[this.#at]}\` is one too many`);
  }

  expression(depth: number): Filter {
    let left = this.#conjunction(depth);
    while (this.#takes("or")) {
      const [a, b] = [left, this.#conjunction(depth)];
      left = (object) => a(object) || b(object);
    }
    return left;
  }

  #conjunction(depth: number): Filter {
    let left = this.#factor(depth);
    while (this.#takes("and")) {
      const [a, b] = [left, this.#factor(depth)];
      left = (object) => a(object) && b(object);
    }
    return left;
  }

  #factor(depth: number): Filter {
    if (depth > MAX_DEPTH) throw invalid("it is nested too deeply");
    if (this.#takes("not")) {
      const inner = this.#grouped(depth + 1);
      return (object) => !inner(object);
    }
    if (this.#tokens[this.#at] === "(") return this.#grouped(depth + 1);
    const path = this.#path();
    if (this.#takes("[")) {
      const inner = this.expression(depth + 1);
      this.#expect("]");
      return (object) => valuesAt(object, path).some((value) => isObject(value) && inner(value));
    }
    return this.#comparison(path);
  }

  #grouped(depth: number): Filter {
    this.#expect("(");
    const inner = this.expression(depth);
    this.#expect(")");
    return inner;
  }

  #comparison(path: AttributePath): Filter {
    const operator = this.#next("an operator").toLowerCase();
    if (operator === "pr") return (object) => valuesAt(object, path).some(isPresent);
    if (operator === "ne") {
      const wanted = this.#value();
      return (object) => !valuesAt(object, path).some((found) => OPERATORS.eq?.(found, wanted));
    }
    const compare = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (compare === undefined) throw invalid(`\`${operator}\` is no operator`);
    const wanted = this.#value();
    return (object) => valuesAt(object, path).some((found) => compare(found, wanted));
  }

  #path(): AttributePath {
    const text = this.#next("the name of an attribute");
    try {
      return parseAttributePath(text);
    } catch {
      throw invalid(`\`${text}\` is no attribute`);
    }
  }

  #value(): JsonValue {
    const text = this.#next("a value");
    if (/^(true|false|null)$/i.test(text)) return JSON.parse(text.toLowerCase()) as JsonValue;
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      throw invalid(`\`${text}\` is no value: write text in double quotes`);
    }
  }

  #next(what: string): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalid(`${what} is missing at the end`);
    return token;
  }

  #takes(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw invalid(`\`${token}\` is missing`);
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw invalid("a text is not closed");
    tokens.push(token);
  }
  return tokens;
}

/** What an attribute holds, each value of several for itself; of complex values without a step, their `value`. */
function valuesAt(object: JsonObject, path: AttributePath): JsonValue[] {
  let found: JsonValue[] = [object];
  for (const name of path) {
    found = found.flatMap((value) => {
      const next = isObject(value) ? attributeOf(value, name) : undefined;
      return next === undefined ? [] : Array.isArray(next) ? next : [next];
    });
  }
  return found;
}

function isPresent(value: JsonValue): boolean {
  return value !== null && value !== "";
}

/** Text is compared without regard to case, as for the attributes that are asked for. */
function fold(value: JsonValue): JsonValue {
  const simple = isObject(value) ? (attributeOf(value, "value") ?? null) : value;
  return typeof simple === "string" ? simple.toLowerCase() : simple;
}

function inText(holds: (a: string, b: string) => boolean): Compare {
  return (a, b) => {
    const [found, wanted] = [fold(a), fold(b)];
    return typeof found === "string" && typeof wanted === "string" && holds(found, wanted);
  };
}

function inOrder(holds: (order: number) => boolean): Compare {
  return (a, b) => {
    const [found, wanted] = [fold(a), fold(b)];
    if (typeof found === "number" && typeof wanted === "number") return holds(found - wanted);
    if (typeof found !== "string" || typeof wanted !== "string") return false;
    return holds(found < wanted ? -1 : found > wanted ? 1 : 0);
  };
}

function invalid(why: string): ScimError {
  return new ScimError(400, "invalidFilter", `the filter can't be read: ${why}`);
}
