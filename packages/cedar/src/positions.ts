/** A place in a text: line and column count from 1, column and offset in UTF-16 units. */
export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface Range {
  start: Position;
  end: Position;
}

/**
 * Places in one text. Cedar counts UTF-8 bytes, editors and JavaScript count UTF-16 units: everything that
 * leaves this package is in the latter.
 */
export class TextPositions {
  readonly #text: string;
  readonly #lineStarts: number[] = [0];
  #byteOffsets: Uint32Array | null | undefined;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
  }

  /** The place of a UTF-16 offset; one past the end is the end. */
  at(offset: number): Position {
    const inside = Math.max(0, Math.min(offset, this.#text.length));
    const line = this.#lineOf(inside);
    return { line: line + 1, column: inside - (this.#lineStarts[line] ?? 0) + 1, offset: inside };
  }

  range(start: number, end: number): Range {
    return { start: this.at(start), end: this.at(Math.max(start, end)) };
  }

  /** The UTF-16 offset of a UTF-8 byte offset; within a character, the character's start. */
  fromByteOffset(bytes: number): number {
    this.#byteOffsets ??= byteOffsets(this.#text);
    if (this.#byteOffsets === null) return Math.min(bytes, this.#text.length);
    return lastAtMost(this.#byteOffsets, bytes);
  }

  /** The text of a line, counted from 1, without its line break. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? this.#text.length;
    const end = this.#lineStarts[number] ?? this.#text.length;
    return this.#text.slice(start, end).replace(/\r?\n$/, "");
  }

  #lineOf(offset: number): number {
    return lastAtMost(this.#lineStarts, offset);
  }
}

/** The index of the last element that is at most `value`; the elements ascend and the first is 0. */
function lastAtMost(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The byte offset at which each UTF-16 unit starts, or null where the two are the same (ASCII). */
function byteOffsets(text: string): Uint32Array | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII, which starts with control characters
  if (/^[\x00-\x7f]*$/.test(text)) return null;
  const offsets = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    offsets[index] = bytes;
    const code = text.charCodeAt(index);
    const pair = code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (pair) {
      // No boundary of a character falls on the second half, so no byte offset of Cedar's finds it.
      index += 1;
      offsets[index] = bytes + 1;
      bytes += 4;
    } else {
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    }
  }
  offsets[text.length] = bytes;
  return offsets;
}
