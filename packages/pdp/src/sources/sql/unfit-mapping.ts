import type { SchemaType } from "@cordon/engine";
import { type AttributeMapping, isColumn, isSetTable } from "@cordon/planner/mapping";

/** A mapping that names what the schema doesn't have, or stores it as it can't be read. */
export class UnfitMapping extends Error {
  override readonly name = "UnfitMapping";
}

/** The type that a mapping itself gives an attribute, for where there is no schema. */
export function mappedType(mapping: AttributeMapping): SchemaType | undefined {
  if (isColumn(mapping) || isSetTable(mapping)) {
    const entity: SchemaType | undefined =
      mapping.entity === undefined ? undefined : { type: "Entity", name: mapping.entity };
    if (mapping.type !== undefined || entity === undefined) return mapping.type;
    return isSetTable(mapping) ? { type: "Set", element: entity } : entity;
  }
  const attributes: [string, { type: SchemaType; required: boolean }][] = [];
  for (const [name, member] of Object.entries(mapping.members)) {
    const type = mappedType(member);
    if (type === undefined) return undefined;
    attributes.push([name, { type, required: false }]);
  }
  return { type: "Record", attributes: Object.fromEntries(attributes) };
}

export function typeless(withoutSchema: boolean, type: string, name: string): UnfitMapping {
  return new UnfitMapping(
    withoutSchema
      ? `without a schema, \`${name}\` of \`${type}\` needs a \`type\` in the mapping`
      : `the schema has no \`${name}\` of \`${type}\``,
  );
}

export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
