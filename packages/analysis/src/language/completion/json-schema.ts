/** As much of JSON Schema as our own schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** The schemas that apply to what a path leads to. */
export function schemaAt(root: JsonSchema, path: readonly (string | number)[]): JsonSchema[] {
  let current = alternatives(root, root);
  for (const part of path) {
    current = current.flatMap((schema) => {
      const next = typeof part === "number" ? schema.items : memberOf(schema, part);
      return next === undefined ? [] : alternatives(next, root);
    });
  }
  return current;
}

function memberOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

function alternatives(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? [] : alternatives(target, root);
  }
  const nested = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...nested.flatMap((one) => alternatives(one, root))];
}

export function membersOf(schemas: readonly JsonSchema[]): { name: string; description?: string }[] {
  return schemas.flatMap(({ properties = {} }) =>
    Object.entries(properties).map(([name, { description }]) => ({
      name,
      ...(description === undefined ? {} : { description }),
    })),
  );
}

/** The few values that something can have; empty where it can have many. */
export function valuesOf(schemas: readonly JsonSchema[]): string[] {
  return schemas.flatMap((schema) => {
    if (schema.type === "boolean") return ["true", "false"];
    return [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])].map(String);
  });
}
