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
  const known = new Set(names.map((name) => name.replace("?", "")));
  for (const name of Object.keys(object)) {
    if (!known.has(name)) {
      throw invalidPolicy(
        `unknown field \`${name}\`, expected ${[...known].map((n) => `\`${n}\``).join(" or ")}`,
        pointer(path, name),
      );
    }
  }
  for (const name of names) {
    if (!name.endsWith("?") && !Object.hasOwn(object, name)) {
      throw invalidPolicy(`missing field \`${name}\``, path);
    }
  }
  return object;
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
