import { parseNatively } from "./native.js";
import { Scanner } from "./scanner.js";
import { type JsonObject, type JsonValue, setMember } from "./value.js";

/** Whatever the caller allows, this much nesting fits every platform's stack. */
const DEPTH_CEILING = 2000;
const DEFAULT_DEPTH = 200;

export interface ParseOptions {
  /** How deep arrays and objects may nest: 200 unless told otherwise, 2,000 at most. */
  maxDepth?: number;
  /** Duplicate keys are always errors. */
  onDuplicate?: "error";
  /** Accepts strings that are not well-formed Unicode. */
  allowLoneSurrogates?: boolean;
}

/**
 * Parses JSON strictly by RFC 8259. Integers beyond 2^53 become bigint; numbers with a fraction or an
 * exponent stay numbers. Duplicate keys, lone surrogates and deep nesting are errors.
 *
 * @throws JsonError with offset, line, column and JSON pointer
 */
export function parseJson(text: string, options: ParseOptions = {}): JsonValue {
  const native = parseNatively(text, depthLimit(options), options.allowLoneSurrogates === true);
  return native === undefined ? parseStrictly(text, options) : native.value;
}

/** What {@link parseJson} means: the native parser is asked only where it is sure to say the same. */
export function parseStrictly(text: string, options: ParseOptions = {}): JsonValue {
  const scanner = new Scanner(text, options.allowLoneSurrogates === true);
  const value = parseValue(scanner, depthLimit(options));
  scanner.end();
  return value;
}

function depthLimit({ maxDepth = DEFAULT_DEPTH }: ParseOptions): number {
  return Math.min(maxDepth, DEPTH_CEILING);
}

function parseValue(scanner: Scanner, depth: number): JsonValue {
  const code = scanner.peek();
  switch (code) {
    case 0x22: // "
      return scanner.string();
    case 0x7b: // {
      return parseObject(scanner, depth - 1);
    case 0x5b: // [
      return parseArray(scanner, depth - 1);
    case 0x74: // t
    case 0x66: // f
    case 0x6e: // n
      return scanner.word();
    default:
      return scanner.number();
  }
}

function parseObject(scanner: Scanner, depth: number): JsonObject {
  if (depth < 0) throw tooDeep(scanner);
  const object: JsonObject = {};
  scanner.position += 1;
  if (scanner.take(0x7d)) return object;
  do {
    if (scanner.peek() !== 0x22) throw scanner.unexpected("a key in double quotes");
    const offset = scanner.position;
    const key = scanner.string();
    scanner.path.push(key);
    if (Object.hasOwn(object, key)) {
      throw scanner.error("json_duplicate_key", `duplicate key ${JSON.stringify(key)}`, offset);
    }
    if (!scanner.take(0x3a)) throw scanner.unexpected("`:`");
    setMember(object, key, parseValue(scanner, depth));
    scanner.path.pop();
  } while (scanner.take(0x2c));
  if (!scanner.take(0x7d)) throw scanner.unexpected("`,` or `}`");
  return object;
}

function parseArray(scanner: Scanner, depth: number): JsonValue[] {
  if (depth < 0) throw tooDeep(scanner);
  const array: JsonValue[] = [];
  scanner.position += 1;
  if (scanner.take(0x5d)) return array;
  do {
    scanner.path.push(array.length);
    array.push(parseValue(scanner, depth));
    scanner.path.pop();
  } while (scanner.take(0x2c));
  if (!scanner.take(0x5d)) throw scanner.unexpected("`,` or `]`");
  return array;
}

function tooDeep(scanner: Scanner) {
  return scanner.error("json_too_deep", "arrays and objects nest too deep", scanner.position);
}
