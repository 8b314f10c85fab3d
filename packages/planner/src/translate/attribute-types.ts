import type { AttributeSchema, ResolvedSchema, SchemaType } from "@cordon/engine";
import { type AttributeMapping, type EntityMapping, isColumn, isSetTable } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";

/** Which type an attribute has: by the schema, or by the mapping where there is none. */
export class AttributeTypes {
  readonly #schema: ResolvedSchema | null;
  readonly #mappings: ReadonlyMap<string, EntityMapping>;

  constructor(schema: ResolvedSchema | null, mappings: Iterable<EntityMapping> = []) {
    this.#schema = schema;
    this.#mappings = new Map([...mappings].map((mapping) => [mapping.type, mapping]));
  }

  /**
   * Undefined for an attribute that no entity of the type can have.
   *
   * @throws PlanError `type_unknown`
   */
  attributeOf(entityType: string, name: string): SchemaType | undefined {
    const declared = this.#declared(entityType);
    if (declared !== undefined) return own(declared.attributes, name)?.type;
    const mapping = this.#mappings.get(entityType);
    const attribute = mapping && own(mapping.attributes, name);
    if (attribute === undefined) throw typeUnknown(`attribute \`${name}\` of ${entityType}`);
    return mappedType(attribute) ?? fail(`attribute \`${name}\` of ${entityType}`);
  }

  /** Undefined where entities of the type have no tags. */
  tagsOf(entityType: string): SchemaType | undefined {
    const declared = this.#declared(entityType);
    if (declared !== undefined) return declared.tags;
    const tags = this.#mappings.get(entityType)?.tags;
    return tags?.type ?? fail(`the tags of ${entityType}`);
  }

  /** Whether an entity of one type can be in one of the other, not counting itself. */
  canBeIn(type: string, ancestor: string): boolean {
    const seen = new Set<string>();
    const queue = [type];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const parents = this.#parentsOf(next);
      if (parents === undefined) return true;
      for (const parent of parents) {
        if (parent === ancestor) return true;
        if (!seen.has(parent)) queue.push(parent);
        seen.add(parent);
      }
    }
    return false;
  }

  /** Undefined where it isn't known. */
  #parentsOf(type: string): readonly string[] | undefined {
    return (
      this.#declared(type)?.memberOfTypes ?? this.#mappings.get(type)?.parents.map((parent) => parent.type)
    );
  }

  #declared(type: string) {
    return this.#schema === null ? undefined : own(this.#schema.entityTypes, type);
  }
}

export function memberOf(record: SchemaType & { type: "Record" }, name: string): SchemaType | undefined {
  return own<AttributeSchema>(record.attributes, name)?.type;
}

function mappedType(attribute: AttributeMapping): SchemaType | undefined {
  if (isColumn(attribute)) {
    return (
      attribute.type ??
      (attribute.entity === undefined ? undefined : { type: "Entity", name: attribute.entity })
    );
  }
  if (isSetTable(attribute)) {
    if (attribute.type !== undefined || attribute.entity === undefined) return attribute.type;
    return { type: "Set", element: { type: "Entity", name: attribute.entity } };
  }
  const attributes: Record<string, AttributeSchema> = {};
  for (const [name, member] of Object.entries(attribute.members)) {
    const type = mappedType(member);
    if (type === undefined) return undefined;
    attributes[name] = { type, required: false };
  }
  return { type: "Record", attributes };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function fail(what: string): never {
  throw typeUnknown(what);
}

function typeUnknown(what: string): PlanError {
  return new PlanError("type_unknown", `nothing says of which type ${what} is`, {
    help: "declare it in the schema or, without one, give the `type` in the mapping",
  });
}
