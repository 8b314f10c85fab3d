import type { JsonValue } from "./value.js";

const MAX_DEPTH = 5000;

/** JSON text of a value, bigints as plain digits. */
export function stringifyJson(value: JsonValue): string {
  return write(value, false, 0);
}

/**
 * The one JSON text of a value: keys sorted by UTF-16 units, no white space (as RFC 8785, and bigints as
 * plain digits). Equal values have equal texts, so it can be hashed.
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, true, 0);
}

function write(value: JsonValue, sorted: boolean, depth: number): string {
  if (depth > MAX_DEPTH) throw new RangeError("the value nests too deep for JSON");
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`${value} is not a JSON number`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((element) => write(element, sorted, depth + 1)).join(",")}]`;
  let text = "";
  const keys = Object.keys(value);
  for (const key of sorted ? keys.sort() : keys) {
    const member = value[key];
    // As JSON.stringify does with optional members.
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${write(member, sorted, depth + 1)}`;
  }
  return `{${text}}`;
}
