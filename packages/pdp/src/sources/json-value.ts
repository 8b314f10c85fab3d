import {
  type AttributeSchema,
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  Datetime,
  decodeValue,
  EngineError,
  EntityUid,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";

/** A value that is not of the type that the schema declares; the message holds nothing of it. */
export class ValueMismatch extends Error {
  override readonly name = "ValueMismatch";
}

/**
 * JSON from elsewhere as a Cedar value. Besides what Cedar's own JSON can say, a schema makes of text a set (`scope` lists
 * words) or an entity (an id), and of seconds since 1970 a datetime. Undefined for null and, without a schema, for
 * what Cedar can't hold.
 *
 * @param name what the value is called, for the message
 * @throws ValueMismatch
 */
export function toCedarValue(json: JsonValue, type: SchemaType | undefined, name: string): Value | undefined {
  if (json === null) return undefined;
  if (type === undefined) return untyped(json, name);
  switch (type.type) {
    case "Set":
      return setOf(json, type.element, name);
    case "Entity":
      return typeof json === "string" ? EntityUid.of(type.name, json) : decode(json, type, name);
    case "Record":
      return isObject(json) ? recordOf(json, type.attributes, name) : decode(json, type, name);
    case "Extension":
      if (type.name === "datetime" && typeof json === "number") return new Datetime(Math.round(json * 1_000));
      return decode(json, type, name);
    default:
      return decode(json, type, name);
  }
}

function setOf(json: JsonValue, element: SchemaType, name: string): Value {
  const elements = typeof json === "string" ? json.split(/\s+/).filter((word) => word !== "") : json;
  if (!Array.isArray(elements)) throw mismatch(name);
  return CedarSet.of(
    elements.map((each) => {
      const value = toCedarValue(each, element, name);
      if (value === undefined) throw mismatch(name);
      return value;
    }),
  );
}

/** @throws ValueMismatch also where a required member is missing */
function recordOf(
  json: { readonly [name: string]: JsonValue },
  declared: Readonly<Record<string, AttributeSchema>>,
  name: string,
): Value {
  const members = new Map<string, Value>();
  for (const [member, { type, required }] of Object.entries(declared)) {
    const given = Object.hasOwn(json, member) ? json[member] : undefined;
    const value = given === undefined ? undefined : toCedarValue(given, type, `${name}.${member}`);
    if (value !== undefined) members.set(member, value);
    else if (required) throw new ValueMismatch(`\`${name}.${member}\` is missing`);
  }
  return new CedarRecord(members);
}

function untyped(json: JsonValue, name: string): Value | undefined {
  if (typeof json === "number" && !Number.isInteger(json)) return undefined;
  if (Array.isArray(json)) {
    const elements = json.map((element) => (element === null ? undefined : untyped(element, name)));
    return elements.includes(undefined) ? undefined : CedarSet.of(elements as Value[]);
  }
  if (!isObject(json)) return decode(json, undefined, name);
  const members = new Map<string, Value>();
  for (const member of Object.keys(json)) {
    const given = json[member];
    const value = given === undefined || given === null ? undefined : untyped(given, name);
    if (value !== undefined) members.set(member, value);
  }
  return new CedarRecord(members);
}

function decode(json: JsonValue, type: SchemaType | undefined, name: string): Value {
  try {
    return decodeValue(json as CedarValueJson, type);
  } catch (error) {
    if (error instanceof EngineError) throw mismatch(name);
    throw error;
  }
}

function mismatch(name: string): ValueMismatch {
  return new ValueMismatch(`\`${name}\` is not of the type that the schema declares`);
}

function isObject(json: JsonValue): json is { [name: string]: JsonValue } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
