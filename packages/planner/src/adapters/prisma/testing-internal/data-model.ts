import type { ResolvedSchema } from "@cordon/engine";
import {
  type ColumnMapping,
  type EntityMapping,
  isColumn,
  isSetTable,
  isTable,
} from "../../../mapping/index.js";
import type { PrismaModel } from "../models.js";

/** A column as Prisma's schema declares it. */
export interface Field {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  /** `@db.Uuid`, `@id`. */
  readonly attributes: string;
  readonly kind: "scalar";
  readonly isList: boolean;
  readonly isOptional: boolean;
}

/** A relation, from either side. */
export interface RelationField {
  readonly name: string;
  readonly kind: "object";
  readonly type: string;
  readonly relation: string;
  readonly isList: boolean;
  /** On the side that holds the reference. */
  readonly from?: string;
  readonly to?: string;
}

export interface Model {
  readonly name: string;
  readonly table: string;
  readonly fields: (Field | RelationField)[];
  readonly key: readonly string[];
}

/** Column types as the databases's catalogue has them, by table and column. */
export type ColumnTypes = (table: string, column: string) => string;

const SCALARS: Readonly<Record<string, readonly [type: string, native: string]>> = {
  text: ["String", ""],
  bigint: ["BigInt", ""],
  uuid: ["String", "@db.Uuid"],
  boolean: ["Boolean", ""],
  "timestamp with time zone": ["DateTime", "@db.Timestamptz(6)"],
  "timestamp without time zone": ["DateTime", "@db.Timestamp(6)"],
  numeric: ["Decimal", ""],
  inet: ["String", "@db.Inet"],
  jsonb: ["Json", ""],
  "text[]": ["String", ""],
  "bigint[]": ["BigInt", ""],
  "boolean[]": ["Boolean", ""],
};

/** The models of mapped tables, with every relation that Prisma can have between them. */
export class DataModel {
  readonly models = new Map<string, Model>();
  readonly names: Record<string, { fields: Record<string, string>; relations: Record<string, string> }> = {};
  readonly #types: ColumnTypes;
  readonly #schema: ResolvedSchema;
  readonly #mappings: ReadonlyMap<string, EntityMapping>;

  constructor(mappings: readonly EntityMapping[], schema: ResolvedSchema, types: ColumnTypes) {
    this.#types = types;
    this.#schema = schema;
    this.#mappings = new Map(mappings.map((mapping) => [mapping.type, mapping]));
    for (const mapping of mappings) this.#entity(mapping);
    for (const mapping of mappings) this.#relations(mapping);
  }

  get prismaModels(): Readonly<Record<string, PrismaModel>> {
    return this.names;
  }

  #entity(mapping: EntityMapping): void {
    if (!isTable(mapping)) return;
    const model = this.#model(mapping.type, mapping.table, ["id"]);
    this.#column(mapping.type, model, mapping.id, "id", "@id");
  }

  #relations(mapping: EntityMapping): void {
    if (!isTable(mapping)) return;
    const model = this.#modelOf(mapping.type);
    for (const [name, attribute] of Object.entries(mapping.attributes)) {
      if (isColumn(attribute)) this.#attribute(mapping.type, model, name, attribute);
      else if (isSetTable(attribute)) {
        if (isBeyondPrisma(attribute.table)) continue;
        const { table, owner, value } = attribute;
        this.#link(mapping.type, table, { owner, ownerName: "owner", value, valueName: "value" }, [
          "owner",
          "value",
        ]);
      } else {
        for (const [member, column] of Object.entries(attribute.members))
          this.#attribute(mapping.type, model, `${name}_${member}`, column);
      }
    }
    for (const parent of mapping.parents) {
      if ("column" in parent) {
        this.#column(mapping.type, model, parent.column, `in${this.models.size}${model.fields.length}`, "");
        if (this.models.has(parent.type)) this.#reference(mapping.type, parent.column, parent.type);
        continue;
      }
      const { table, child, parent: above } = parent;
      this.#link(
        mapping.type,
        table,
        { owner: child, ownerName: "child", value: above, valueName: "parent" },
        ["child", "parent"],
      );
      if (this.models.has(parent.type)) this.#reference(table, above, parent.type);
    }
    if (mapping.tags === undefined) return;
    const { table, entity, key, value } = mapping.tags;
    const tags = this.#link(
      mapping.type,
      table,
      { owner: entity, ownerName: "entity", value: key, valueName: "key" },
      ["entity", "key"],
    );
    this.#column(table, tags, value, "value", "");
  }

  #attribute(type: string, model: Model, name: string, { column }: ColumnMapping): void {
    if (isBeyondPrisma(column)) return;
    // The column's own name needn't be one in Prisma's language.
    this.#column(type, model, column, `field${model.fields.length}`, "");
    const declared = this.#schema.entityTypes[type]?.attributes[name]?.type;
    if (declared?.type === "Entity" && this.models.has(declared.name))
      this.#reference(type, column, declared.name);
  }

  /** A table whose rows belong to those of an entity. */
  #link(
    type: string,
    table: string,
    columns: { owner: string; ownerName: string; value: string; valueName: string },
    key: readonly string[],
  ): Model {
    const model = this.#model(table, table, key);
    this.#column(table, model, columns.owner, columns.ownerName, "", true);
    this.#column(table, model, columns.value, columns.valueName, "", true);
    const relation = this.#relate(model, columns.ownerName, type);
    this.#namesOf(type).relations[table] = relation;
    return model;
  }

  #reference(model: string, column: string, type: string): void {
    const from = this.#modelOf(model);
    const field = this.#namesOf(model).fields[column] ?? column;
    this.#relate(from, field, type);
    this.#namesOf(model).relations[column] = `${field}Ref`;
  }

  /** Returns the name of the field at the other end. */
  #relate(model: Model, field: string, type: string): string {
    const target = this.#modelOf(type);
    const relation = `${model.name}_${field}`;
    model.fields.push({
      name: `${field}Ref`,
      kind: "object",
      type: target.name,
      relation,
      isList: false,
      from: field,
      to: "id",
    });
    target.fields.push({ name: `of_${relation}`, kind: "object", type: model.name, relation, isList: true });
    return `of_${relation}`;
  }

  #column(
    model: string,
    to: Model,
    column: string,
    name: string,
    attributes: string,
    isRequired = false,
  ): void {
    const sql = this.#types(to.table, column);
    const [type, native] = SCALARS[sql] ?? [];
    if (type === undefined) throw new Error(`${to.table}.${column} is of type ${sql}`);
    const isList = sql.endsWith("[]");
    this.#namesOf(model).fields[column] = name;
    to.fields.push({
      name,
      column,
      type,
      attributes: `${attributes} ${native ?? ""}`,
      kind: "scalar",
      isList,
      isOptional: !isList && attributes === "" && !isRequired,
    });
  }

  #model(key: string, table: string, unique: readonly string[]): Model {
    const model: Model = { name: `M${this.models.size}`, table, fields: [], key: unique };
    this.models.set(key, model);
    return model;
  }

  #modelOf(key: string): Model {
    const model = this.models.get(key);
    if (model === undefined)
      throw new Error(`there is no model of ${key} among ${[...this.#mappings.keys()]}`);
    return model;
  }

  #namesOf(key: string) {
    // Columns may have any name, `__proto__` too.
    this.names[key] ??= { fields: Object.create(null), relations: Object.create(null) };
    return this.names[key];
  }
}

/** Prisma writes names into SQL as they are. */
function isBeyondPrisma(name: string): boolean {
  return name.includes('"');
}
