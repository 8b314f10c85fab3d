import { parseJson } from "@cordon/engine/json";

/** Sixteen digits in a row may be an integer that a double can't hold; fewer never are. */
const MAYBE_BEYOND_DOUBLE = /\d{16}/;

/** Deep expressions nest several levels of JSON each; Cedar's own parser gives up long before this. */
const MAX_DEPTH = 5000;

/** `JSON.parse`, except that integers past 2^53 become bigints. The native parser does all the rest, for speed. */
export function parseLossless(text: string): unknown {
  return MAYBE_BEYOND_DOUBLE.test(text) ? parseJson(text, { maxDepth: MAX_DEPTH }) : JSON.parse(text);
}

/** `JSON.stringify`, except that bigints become digits. The native writer does all that has none, for speed. */
export function stringifyLossless(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return stringifyBigints(value, []);
  }
}

function stringifyBigints(value: unknown, within: object[]): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || "toJSON" in value) return JSON.stringify(value);
  if (within.includes(value)) throw new TypeError("a circular structure can't be written as JSON");
  within.push(value);
  const text = Array.isArray(value)
    ? `[${value.map((item) => stringifyBigints(item, within) ?? "null").join(",")}]`
    : `{${Object.entries(value)
        .flatMap(([name, member]) => {
          const memberText = stringifyBigints(member, within);
          return memberText === undefined ? [] : `${JSON.stringify(name)}:${memberText}`;
        })
        .join(",")}}`;
  within.pop();
  return text;
}
