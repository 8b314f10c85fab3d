import type { JsonValue } from "./value.js";

const MAX_DEPTH = 5000;

/** JSON text of a value, bigints as plain digits. */
export function stringifyJson(value: JsonValue): string {
  return isPlain(value, 0) ? JSON.stringify(value) : write(value, false, 0);
}

/**
 * The one JSON text of a value: keys sorted by UTF-16 units, no white space (as RFC 8785, and bigints as
 * plain digits). Equal values have equal texts, so it can be hashed.
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, true, 0);
}

/** Whether the runtime's own writer, several times faster, writes the same: it knows no bigint, and turns NaN into null. */
function isPlain(value: JsonValue | undefined, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const element of value) if (!isPlain(element, depth + 1)) return false;
    return true;
  }
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined && !isPlain(member, depth + 1)) return false;
  }
  return true;
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
