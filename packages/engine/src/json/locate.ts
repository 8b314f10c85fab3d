import { lineAndColumn } from "./error.js";
import { Scanner } from "./scanner.js";

export interface JsonLocation {
  /** In UTF-16 units from 0. */
  offset: number;
  /** From 1; columns in UTF-16 units. */
  line: number;
  column: number;
  /** In UTF-16 units. */
  length: number;
}

/**
 * Where in a JSON text the value at a JSON pointer stands; undefined where the text has no such value.
 *
 * @throws JsonError where the text is not JSON before that value ends
 */
export function locateJson(text: string, pointer: string): JsonLocation | undefined {
  const scanner = new Scanner(text, true);
  const members = pointer.split("/").slice(1);
  for (const member of members) {
    const name = member.replaceAll("~1", "/").replaceAll("~0", "~");
    const code = scanner.peek();
    const found = code === 0x7b ? enterMember(scanner, name) : code === 0x5b && enterElement(scanner, name);
    if (!found) return undefined;
  }
  scanner.peek();
  const offset = scanner.position;
  skipValue(scanner);
  return { offset, ...lineAndColumn(text, offset), length: scanner.position - offset };
}

/** Moves to the value of a member of the object that begins here. */
function enterMember(scanner: Scanner, name: string): boolean {
  scanner.position += 1;
  if (scanner.take(0x7d)) return false;
  do {
    if (readKey(scanner) === name) return true;
    skipValue(scanner);
  } while (scanner.take(0x2c));
  return false;
}

function enterElement(scanner: Scanner, index: string): boolean {
  scanner.position += 1;
  if (!/^(?:0|[1-9][0-9]*)$/.test(index) || scanner.take(0x5d)) return false;
  for (let i = 0; ; i++) {
    if (i === Number(index)) return true;
    skipValue(scanner);
    if (!scanner.take(0x2c)) return false;
  }
}

function readKey(scanner: Scanner): string {
  if (scanner.peek() !== 0x22) throw scanner.unexpected("a key in double quotes");
  const key = scanner.string();
  if (!scanner.take(0x3a)) throw scanner.unexpected("`:`");
  return key;
}

/** Skips one value without recursion: any depth is fine. */
function skipValue(scanner: Scanner): void {
  const closers: number[] = [];
  do {
    skipOpening(scanner, closers);
    while (closers.length > 0 && scanner.take(closers[closers.length - 1] ?? 0)) closers.pop();
    if (closers.length === 0) return;
    if (!scanner.take(0x2c)) continue;
    if (closers[closers.length - 1] === 0x7d) readKey(scanner);
  } while (closers.length > 0);
}

/** Skips a scalar, or the opening of arrays and objects down to their first scalar. */
function skipOpening(scanner: Scanner, closers: number[]): void {
  for (;;) {
    const code = scanner.peek();
    if (code !== 0x7b && code !== 0x5b) {
      skipScalar(scanner, code, closers);
      return;
    }
    const closer = code === 0x7b ? 0x7d : 0x5d;
    scanner.position += 1;
    closers.push(closer);
    if (scanner.peek() === closer) return;
    if (code === 0x7b) readKey(scanner);
  }
}

function skipScalar(scanner: Scanner, code: number, closers: readonly number[]): void {
  if (code === 0x22) scanner.string();
  else if (code === 0x74 || code === 0x66 || code === 0x6e) scanner.word();
  else if (closers.length === 0 || code !== closers[closers.length - 1]) scanner.number();
}
