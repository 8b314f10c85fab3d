import type { JsonObject, JsonValue } from "@cordon/engine/json";

/** Names of attributes count without regard to case (RFC 7643, section 2.1). Undefined where there is none. */
export function keyOf(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const folded = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === folded);
}

export function attributeOf(object: JsonObject, name: string): JsonValue | undefined {
  const key = keyOf(object, name);
  return key === undefined ? undefined : object[key];
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object whose members can have any name. */
export function bare(members: Iterable<readonly [string, JsonValue]> = []): JsonObject {
  const object: JsonObject = Object.create(null);
  for (const [name, value] of members) object[name] = value; // no prototype, so any name is a member
  return object;
}
