import {
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  decodeValue,
  EngineError,
  EntityUid,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";

/** Data that is not of its Cedar type. The message says where and what was expected, never what was there. */
export class DataMismatch extends Error {
  override readonly name = "DataMismatch";
}

/**
 * JSON of a database or a service as a value of a Cedar type: entities may be ids, extension values are
 * text, null is absent, and members of records that Cedar knows nothing of are left out. Nothing is converted
 * beyond that.
 *
 * @param what what the value is called, for the message
 * @throws DataMismatch
 */
export function readJson(json: JsonValue, type: SchemaType, what: string): Value | undefined {
  if (json === null) return undefined;
  switch (type.type) {
    case "Set": {
      if (!Array.isArray(json)) throw expected("a list", what);
      return CedarSet.of(json.map((element) => readJson(element, type.element, what) ?? fail(what)));
    }
    case "Record": {
      if (!isObject(json)) throw expected("an object", what);
      return readRecord(json, type, what);
    }
    case "Entity":
      return isId(json) ? EntityUid.of(type.name, String(json)) : decode(json, type, what);
    default:
      return decode(json, type, what);
  }
}

/** JSON as a value where no schema says its type: what Cedar's own JSON makes of it. @throws DataMismatch */
export function readUntyped(json: JsonValue, what: string): Value | undefined {
  if (json === null) return undefined;
  try {
    return decodeValue(json as CedarValueJson);
  } catch (error) {
    if (error instanceof EngineError) throw expected("a value of Cedar", what);
    throw error;
  }
}

/** A type as people write it in Cedar. */
export function typeText(type: SchemaType): string {
  switch (type.type) {
    case "Set":
      return `Set<${typeText(type.element)}>`;
    case "Entity":
    case "Extension":
      return type.name;
    case "Boolean":
      return "Bool";
    default:
      return type.type;
  }
}

export function expected(form: string, what: string): DataMismatch {
  return new DataMismatch(`${what} is not ${form}`);
}

function readRecord(json: JsonObject, type: SchemaType & { type: "Record" }, what: string): CedarRecord {
  const members = new Map<string, Value>();
  for (const [name, { type: memberType, required }] of Object.entries(type.attributes)) {
    const given = Object.hasOwn(json, name) ? json[name] : undefined;
    const value = given === undefined ? undefined : readJson(given, memberType, `${what}.${name}`);
    if (value !== undefined) members.set(name, value);
    else if (required) throw new DataMismatch(`${what}.${name} is missing`);
  }
  return new CedarRecord(members);
}

function decode(json: JsonValue, type: SchemaType, what: string): Value {
  try {
    return decodeValue(json as CedarValueJson, type);
  } catch (error) {
    if (error instanceof EngineError) throw expected(`a ${typeText(type)}`, what);
    throw error;
  }
}

/** Services number what they have, too. */
function isId(json: JsonValue): boolean {
  return typeof json === "string" || typeof json === "bigint" || Number.isSafeInteger(json);
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function fail(what: string): never {
  throw new DataMismatch(`${what} has a null in it`);
}
