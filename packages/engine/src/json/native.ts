import type { JsonValue } from "./value.js";

/**
 * Tokens that the native parser reads as another value than the strict one, or that the strict one refuses:
 * zero with a sign, an exponent (which may overflow, or vanish into such a zero), and digits beyond 2^53.
 * A number follows nothing but white space, a colon, a comma or a bracket; text that looks so is found as well.
 */
const DOUBTFUL_NUMBER = /(?:^|[\s:,[])-?(?:\d{16}|\d+(?:\.\d+)?[eE])|(?:^|[\s:,[])-0/;
const SURROGATE_ESCAPE = /\\u[dD][89A-Fa-f]/;

/** Part of every JavaScript since ES2024. */
interface WellFormedText {
  isWellFormed?(): boolean;
}

/**
 * The value of a text on which the runtime's own parser, many times faster, provably agrees with the strict
 * one; undefined for any other text, right or wrong, which the strict parser must then be asked about.
 */
export function parseNatively(
  text: string,
  maxDepth: number,
  allowLoneSurrogates: boolean,
): { value: JsonValue } | undefined {
  if (DOUBTFUL_NUMBER.test(text)) return undefined;
  if (!allowLoneSurrogates && !(isWellFormed(text) && !SURROGATE_ESCAPE.test(text))) return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  // Of two members with one key the native parser keeps the last: then the text has more strings than the value.
  const strings = stringsWithin(value, maxDepth);
  return strings !== undefined && strings === stringsOf(text) ? { value } : undefined;
}

function isWellFormed(text: string): boolean {
  return (text as WellFormedText).isWellFormed?.() === true;
}

/** Keys and strings in a value; undefined where it nests deeper than `depth`. */
function stringsWithin(value: JsonValue, depth: number): number | undefined {
  if (typeof value === "string") return 1;
  if (typeof value !== "object" || value === null) return 0;
  if (depth <= 0) return undefined;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      const within = stringsWithin(element, depth - 1);
      if (within === undefined) return undefined;
      count += within;
    }
    return count;
  }
  const keys = Object.keys(value);
  for (const key of keys) {
    const within = stringsWithin(value[key] as JsonValue, depth - 1);
    if (within === undefined) return undefined;
    count += within;
  }
  return count + keys.length;
}

/** How many strings a valid JSON text has. */
function stringsOf(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0; count++) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    open = text.indexOf('"', close + 1);
  }
  return count;
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === 0x5c) start -= 1;
  return (at - start) % 2 === 1;
}
