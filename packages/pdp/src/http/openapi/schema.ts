import type { JsonObject, JsonValue } from "@cordon/engine/json";

/** Shorthand for the JSON schemas of the OpenAPI document. */

export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

export function object(properties: JsonObject, required: string[], description?: string): JsonObject {
  return described({ type: "object", properties, required }, description);
}

/** An object whose members this document doesn't spell out. */
export function open(description?: string): JsonObject {
  return described({ type: "object", additionalProperties: true }, description);
}

export function array(items: JsonValue, description?: string): JsonObject {
  return described({ type: "array", items }, description);
}

export function text(description?: string): JsonObject {
  return described({ type: "string" }, description);
}

export function integer(description?: string): JsonObject {
  return described({ type: "integer" }, description);
}

export function flag(description?: string): JsonObject {
  return described({ type: "boolean" }, description);
}

export function oneOfText(values: string[], description?: string): JsonObject {
  return described({ type: "string", enum: values }, description);
}

export function nullable(schema: JsonValue): JsonObject {
  return { oneOf: [schema, { type: "null" }] };
}

/** An object from any key to values of one schema. */
export function mapOf(values: JsonValue, description?: string): JsonObject {
  return described({ type: "object", additionalProperties: values }, description);
}

function described(schema: JsonObject, description: string | undefined): JsonObject {
  return description === undefined ? schema : { ...schema, description };
}
