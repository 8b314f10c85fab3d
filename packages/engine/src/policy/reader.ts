import { EngineError } from "../errors.js";
import { pointer } from "../pointer.js";
import { EntityUid, isEntityTypeName } from "../value/entity-uid.js";

/** Reads JSON of unknown shape; every error names the JSON pointer it is about. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function invalidPolicy(message: string, path: string, help: string | null = null): EngineError {
  return new EngineError("policy_invalid", message, { path, help });
}

export function readObject(json: unknown, path: string): JsonRecord {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonRecord;
  throw invalidPolicy(`expected an object, got ${jsonKind(json)}`, path);
}

export function readArray(json: unknown, path: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw invalidPolicy(`expected an array, got ${jsonKind(json)}`, path);
}

export function readString(json: unknown, path: string): string {
  if (typeof json === "string") return json;
  throw invalidPolicy(`expected a string, got ${jsonKind(json)}`, path);
}

/** An object with exactly these members; a name that ends in `?` is optional. */
export function readMembers(json: unknown, names: readonly string[], path: string): JsonRecord {
  const object = readObject(json, path);
  let present = 0;
  for (const name of names) {
    const isOptional = name.endsWith("?");
    if (Object.hasOwn(object, isOptional ? name.slice(0, -1) : name)) present++;
    else if (!isOptional) throw refusal(object, names, path);
  }
  if (Object.keys(object).length !== present) throw refusal(object, names, path);
  return object;
}

/** A member too many is told before one that is missing: it is mostly the missing one, misspelt. */
function refusal(object: JsonRecord, names: readonly string[], path: string): EngineError {
  const known = names.map((name) => name.replace("?", ""));
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) {
    const missing = names.find((name) => !name.endsWith("?") && !Object.hasOwn(object, name));
    return invalidPolicy(`missing field \`${missing}\``, path);
  }
  return invalidPolicy(
    `unknown field \`${unknown}\`, expected ${known.map((name) => `\`${name}\``).join(" or ")}`,
    pointer(path, unknown),
  );
}

export function readTypeName(json: unknown, path: string): string {
  const name = readString(json, path);
  if (isEntityTypeName(name)) return name;
  throw invalidPolicy(
    `\`${name}\` is not an entity type`,
    path,
    "a type is a name such as `User` or `App::User`",
  );
}

/** `{type, id}`, plain or in `__entity`. */
export function readEntityRef(json: unknown, path: string): EntityUid {
  const object = readObject(json, path);
  if (Object.hasOwn(object, "__entity")) return readEntityRef(object.__entity, pointer(path, "__entity"));
  const type = readTypeName(object.type, pointer(path, "type"));
  return EntityUid.of(type, readString(object.id, pointer(path, "id")));
}

export function jsonKind(json: unknown): string {
  if (json === null) return "null";
  if (json === undefined) return "nothing";
  if (Array.isArray(json)) return "an array";
  return typeof json === "object" ? "an object" : `a ${typeof json}`;
}
