import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { AuthzenError } from "./errors.js";

/** What a body calls `subject` or `resource`, once both REQUIRED members are known to be there. */
export interface Identified {
  readonly type: string;
  readonly id: string;
  readonly properties?: Record<string, unknown>;
}

/** What a body calls `action`. */
export interface Named {
  readonly name: string;
  readonly properties?: Record<string, unknown>;
}

export function objectAt(value: JsonValue | undefined, pointer: string): JsonObject {
  if (value === undefined) throw missing(pointer);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(value, "an object", pointer);
  }
  return value;
}

export function stringAt(value: JsonValue | undefined, pointer: string, member: string): string {
  if (typeof value === "string") return value;
  if (value === undefined) throw missing(`${pointer}/${member}`);
  throw wrongType(value, "a string", `${pointer}/${member}`);
}

export function identifiedAt(value: JsonValue | undefined, pointer: string): Identified {
  const object = objectAt(value, pointer);
  const type = stringAt(object.type, pointer, "type");
  const id = stringAt(object.id, pointer, "id");
  const properties = propertiesOf(object, pointer);
  return properties === undefined ? { type, id } : { type, id, properties };
}

export function namedAt(value: JsonValue | undefined, pointer: string): Named {
  const object = objectAt(value, pointer);
  const name = stringAt(object.name, pointer, "name");
  const properties = propertiesOf(object, pointer);
  return properties === undefined ? { name } : { name, properties };
}

export function propertiesOf(object: JsonObject, pointer: string): Record<string, unknown> | undefined {
  const { properties } = object;
  return properties === undefined ? undefined : objectAt(properties, `${pointer}/properties`);
}

function missing(pointer: string): AuthzenError {
  const member = pointer.slice(pointer.lastIndexOf("/") + 1);
  return new AuthzenError(
    "missing_member",
    `\`${member}\` is missing`,
    pointer,
    `add the member \`${member}\``,
  );
}

export function wrongType(value: JsonValue, wanted: string, pointer: string): AuthzenError {
  return new AuthzenError(
    "wrong_type",
    `${nameOf(pointer)} must be ${wanted}, but is ${kindOf(value)}`,
    pointer,
    `write ${wanted} here`,
  );
}

function nameOf(pointer: string): string {
  if (pointer === "") return "the body";
  const member = pointer.slice(pointer.lastIndexOf("/") + 1);
  return /^\d+$/.test(member) ? `evaluation ${member}` : `\`${member}\``;
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "object":
      return "an object";
    case "bigint":
    case "number":
      return "a number";
    default:
      return `a ${typeof value}`;
  }
}
