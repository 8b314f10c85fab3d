import type { JsonValue } from "@cordon/engine/json";

/** RFC 6901: the parts of a pointer, unescaped. The empty pointer, which means the whole, has none. */
export function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What a pointer leads to; undefined where there is nothing. */
export function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    if (Array.isArray(found) && !/^(0|[1-9]\d*)$/.test(part)) return undefined;
    found = (found as Readonly<Record<string, JsonValue>>)[part];
  }
  return found;
}
