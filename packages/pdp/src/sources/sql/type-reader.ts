import { CedarRecord, EntityUid, type ResolvedSchema, type SchemaType, type Value } from "@cordon/engine";
import {
  type AttributeMapping,
  type ColumnMapping,
  type EntityMapping,
  isColumn,
  isSetTable,
  isTable,
  type ParentMapping,
} from "@cordon/planner/mapping";
import type { FetchedEntity, FetchRequest, ProvidedType } from "../source.js";
import { DataMismatch } from "../strict-json.js";
import { columnReader, elementsReader, parseCell, type ValueColumn } from "./column-reader.js";
import type { Dialect } from "./dialects/index.js";
import type { Statement } from "./driver.js";
import { mappedType, own, typeless, UnfitMapping } from "./unfit-mapping.js";

/** What is wanted of a type; what differs only in ids is read by the same statement. */
export type Wanted = Pick<FetchRequest, "attributes" | "parents" | "tags">;

/** What is read of one entity. */
interface Draft {
  readonly attrs: Map<string, Value>;
  readonly tags: Map<string, Value>;
  readonly parents: EntityUid[];
}

interface Column {
  readonly sql: string;
  /** Not called for NULL. @throws DataMismatch */
  read(text: string, draft: Draft): void;
}

/** A row of an entity: it, or what is wrong with it. */
export interface ReadRow {
  readonly id: string;
  readonly entity: FetchedEntity | DataMismatch;
}

/** How one statement reads entities of a type. */
export interface Reading {
  statement(ids: readonly string[]): Statement;
  /** @throws DataMismatch where there isn't even an id */
  row(cells: readonly (string | null)[]): ReadRow;
}

// Entities have one alias and what belongs to them another, so that columns of the same name can't be confused.
const ENTITY = "e";
const JOINED = "j";

/** Entities of one type in the database. Statements are built of the mapping alone; ids are parameters. */
export class TypeReader {
  readonly provides: ProvidedType;
  readonly #mapping: EntityMapping;
  readonly #dialect: Dialect;
  readonly #attributes: ReadonlyMap<string, readonly Column[]>;
  readonly #parents: readonly Column[];
  readonly #tags: readonly Column[];
  readonly #readings = new Map<string, Reading>();

  /** @throws UnfitMapping where the mapping doesn't fit schema and database */
  constructor(mapping: EntityMapping, schema: ResolvedSchema | null, dialect: Dialect) {
    this.#mapping = mapping;
    this.#dialect = dialect;
    const declared = schema === null ? undefined : own(schema.entityTypes, mapping.type);
    if (schema !== null && declared === undefined) {
      throw new UnfitMapping(`the schema has no entity type \`${mapping.type}\``);
    }
    const attributes = Object.entries(mapping.attributes).map(([name, attribute]) => {
      const type = declared === undefined ? mappedType(attribute) : own(declared.attributes, name)?.type;
      if (type === undefined) throw typeless(declared === undefined, mapping.type, name);
      return [name, this.#attributeColumns(name, attribute, type)] as const;
    });
    this.#attributes = new Map(attributes);
    for (const { type } of mapping.parents) {
      if (declared !== undefined && !declared.memberOfTypes.includes(type)) {
        throw new UnfitMapping(`by the schema no \`${type}\` is a parent of \`${mapping.type}\``);
      }
    }
    this.#parents = mapping.parents.map((parent) => this.#parentColumn(parent));
    this.#tags = this.#tagColumns(declared === undefined ? mapping.tags?.type : declared.tags);
    this.provides = {
      attributes: new Set(this.#attributes.keys()),
      tags: mapping.tags !== undefined,
      parents: new Set(mapping.parents.map(({ type }) => type)),
    };
  }

  get idAs() {
    return this.#mapping.idAs ?? "text";
  }

  reading(wanted: Wanted): Reading {
    const attributes = [...this.#attributes.keys()].filter((name) => wanted.attributes.has(name));
    const key = JSON.stringify([wanted.parents, wanted.tags, attributes]);
    let reading = this.#readings.get(key);
    if (reading === undefined) {
      reading = this.#read([
        ...attributes.flatMap((name) => this.#attributes.get(name) ?? []),
        ...(wanted.parents ? this.#parents : []),
        ...(wanted.tags ? this.#tags : []),
      ]);
      this.#readings.set(key, reading);
    }
    return reading;
  }

  /** Everything that the mapping names. */
  readingAll(): Reading {
    return this.reading({ attributes: this.provides.attributes, parents: true, tags: true });
  }

  #read(columns: readonly Column[]): Reading {
    const id = this.#column(this.#mapping.id);
    const selected = [this.#dialect.asText(id), ...columns.map(({ sql }) => sql)].join(", ");
    return {
      statement: (ids) => {
        const list = this.#dialect.list(ids, this.idAs);
        const from = this.#from(list.sql);
        const condition = this.#dialect.among(id, list.sql);
        return {
          sql: `SELECT ${selected} FROM ${from} WHERE ${condition}`,
          values: this.#values(list.values),
        };
      },
      row: ([idText = null, ...cells]) => {
        if (idText === null) throw new DataMismatch(`an id of \`${this.#mapping.type}\` is NULL`);
        return { id: idText, entity: readCells(columns, cells) };
      },
    };
  }

  #from(list: string): string {
    const mapping = this.#mapping;
    if (isTable(mapping)) return `${this.#table(mapping.table)} ${ENTITY}`;
    return `(${mapping.query.replaceAll(PLACEHOLDER, () => list)}) ${ENTITY}`;
  }

  /** Where parameters are told apart by their order alone, each place of the ids takes them once more. */
  #values(values: readonly unknown[]): readonly unknown[] {
    const mapping = this.#mapping;
    if (isTable(mapping) || this.#dialect.name === "postgres") return values;
    const places = mapping.query.match(PLACEHOLDER)?.length ?? 0;
    return Array.from({ length: places + 1 }, () => values).flat();
  }

  #attributeColumns(name: string, mapping: AttributeMapping, type: SchemaType): readonly Column[] {
    const what = `\`${name}\``;
    if (isColumn(mapping)) {
      const { sql, read } = this.#reader(mapping, type, what);
      return [{ sql, read: (text, { attrs }) => attrs.set(name, read(text, what)) }];
    }
    if (isSetTable(mapping)) {
      if (type.type !== "Set") throw new UnfitMapping(`${what} of \`${this.#mapping.type}\` is no Set`);
      const readElements = elementsReader(type.element, mapping.as, this.#dialect);
      const value = this.#joined(mapping.value);
      const sql = this.#collected(mapping.table, mapping.owner, this.#dialect.asText(value), [value]);
      return [{ sql, read: (text, { attrs }) => attrs.set(name, readElements(text, what)) }];
    }
    return [this.#recordColumn(name, mapping.members, type)];
  }

  /** A record spread over columns comes as one JSON list of their texts. */
  #recordColumn(name: string, members: Readonly<Record<string, ColumnMapping>>, type: SchemaType): Column {
    if (type.type !== "Record")
      throw new UnfitMapping(`\`${name}\` of \`${this.#mapping.type}\` is no Record`);
    const readers = Object.entries(members).map(([member, mapping]) => {
      const memberType = own(type.attributes, member)?.type;
      if (memberType === undefined) throw new UnfitMapping(`\`${name}\` has no member \`${member}\``);
      return { member, ...this.#reader(mapping, memberType, `\`${name}.${member}\``) };
    });
    const required = Object.keys(type.attributes).filter((member) => type.attributes[member]?.required);
    return {
      sql: this.#dialect.asText(this.#dialect.jsonList(readers.map(({ sql }) => sql))),
      read: (text, { attrs }) => {
        const texts = parseCell(text, `\`${name}\``) as (string | null)[];
        const found = new Map<string, Value>();
        for (const [index, { member, read }] of readers.entries()) {
          const cell = texts[index] ?? null;
          if (cell !== null) found.set(member, read(cell, `\`${name}.${member}\``));
        }
        if (found.size === 0) return;
        const missing = required.find((member) => !found.has(member));
        if (missing !== undefined) throw new DataMismatch(`\`${name}.${missing}\` is missing`);
        attrs.set(name, new CedarRecord(found));
      },
    };
  }

  #reader(mapping: ColumnMapping, type: SchemaType, what: string): ValueColumn {
    return columnReader(this.#column(mapping.column), mapping.as, type, { dialect: this.#dialect, what });
  }

  #parentColumn(parent: ParentMapping): Column {
    const { type } = parent;
    if ("column" in parent) {
      const sql = this.#dialect.asText(this.#column(parent.column));
      return { sql, read: (text, { parents }) => parents.push(EntityUid.of(type, text)) };
    }
    const value = this.#joined(parent.parent);
    const sql = this.#collected(parent.table, parent.child, this.#dialect.asText(value), [value]);
    return {
      sql,
      read: (text, { parents }) => {
        const ids = new Set(parseCell(text, "the list of parents") as string[]);
        for (const id of ids) parents.push(EntityUid.of(type, id));
      },
    };
  }

  #tagColumns(type: SchemaType | undefined): readonly Column[] {
    const { tags } = this.#mapping;
    if (tags === undefined) return [];
    if (type === undefined) throw typeless(false, this.#mapping.type, "tags");
    const value = this.#joined(tags.value);
    const key = this.#joined(tags.key);
    const reader = columnReader(value, tags.as, type, { dialect: this.#dialect, what: "a tag" });
    const pair = this.#dialect.jsonList([this.#dialect.asText(key), reader.sql]);
    return [
      {
        sql: this.#collected(tags.table, tags.entity, pair, [key, value]),
        read: (text, draft) => {
          for (const [name, cell] of parseCell(text, "the list of tags") as [string, string][]) {
            if (draft.tags.has(name)) throw new DataMismatch(`the tag \`${name}\` is there twice`);
            draft.tags.set(name, reader.read(cell, `the tag \`${name}\``));
          }
        },
      },
    ];
  }

  #collected(table: string, owner: string, value: string, present: readonly string[]): string {
    const { collect, sameText } = this.#dialect;
    const same = sameText(this.#joined(owner), this.#column(this.#mapping.id));
    const condition = [same, ...present.map((column) => `${column} IS NOT NULL`)].join(" AND ");
    return collect(value, `${this.#table(table)} ${JOINED}`, condition);
  }

  #column(name: string): string {
    return `${ENTITY}.${this.#dialect.quote(name)}`;
  }

  #joined(name: string): string {
    return `${JOINED}.${this.#dialect.quote(name)}`;
  }

  #table(name: string): string {
    return name.split(".").map(this.#dialect.quote).join(".");
  }
}

/** `:ids`, but not within `::ids`, which would be a cast. */
const PLACEHOLDER = /(?<!:):ids\b/g;

function readCells(
  columns: readonly Column[],
  cells: readonly (string | null)[],
): FetchedEntity | DataMismatch {
  const draft: Draft = { attrs: new Map(), tags: new Map(), parents: [] };
  try {
    for (const [index, column] of columns.entries()) {
      const cell = cells[index] ?? null;
      if (cell !== null) column.read(cell, draft);
    }
    return draft;
  } catch (error) {
    if (error instanceof DataMismatch) return error;
    throw error;
  }
}
