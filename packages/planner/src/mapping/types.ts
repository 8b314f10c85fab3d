import type { SchemaType } from "@cordon/engine";

/**
 * How entities lie in a database: what `sources` of kind `sql` declare in `cordon.yaml`. The source reads rows
 * by it and the planner writes filters by it, so that both speak of the same columns.
 */
export type EntityMapping = TableMapping | QueryMapping;

/** A column of the entity's own row. Names are quoted where they are used, never spliced in as they are. */
export type ColumnRef = string;

/** A table or view, with its schema before a dot where it has one: `app.tickets`. */
export type TableRef = string;

interface MappingOf {
  /** The Cedar entity type, with its namespace. */
  readonly type: string;
  /** The column that holds the entity's id: unique, not NULL. */
  readonly id: ColumnRef;
  /** Default `text`. */
  readonly idAs?: IdStorage;
  /** Equality of the id column is equality of bytes; see {@link ColumnMapping.exact}. */
  readonly idExact?: boolean;
  /** Cedar attributes by name. One without an entry is not in this database. */
  readonly attributes: Readonly<Record<string, AttributeMapping>>;
  /** Where parents come from, all of them: a type that isn't here is no parent of these entities. */
  readonly parents: readonly ParentMapping[];
  readonly tags?: TagMapping;
}

/** Entities that are the rows of a table or view: readable and plannable. */
export interface TableMapping extends MappingOf {
  readonly table: TableRef;
}

/** Entities that a query reads by their ids: readable, not plannable. */
export interface QueryMapping extends MappingOf {
  /** SQL with one placeholder `:ids` for the batch of ids. */
  readonly query: string;
}

/**
 * How ids of entities are stored. An `integer` is read as its digits, a `uuid` as its lower-case text; an id
 * that has no such form is in no row.
 */
export type IdStorage = "text" | "integer" | "uuid";

/**
 * How a value is stored, where its Cedar type leaves it open. In parentheses the default.
 *
 * - entity references: `text` (default), `integer`, `uuid`
 * - datetime: `timestamptz` (PostgreSQL), `timestamp`: wall clock in UTC (MySQL), `milliseconds` since 1970 in
 *   an integer (SQLite). Finer than milliseconds is rounded down.
 * - duration: `milliseconds`
 * - decimal: `numeric` (default), `units`: ten-thousandths in an integer (SQLite)
 * - ipaddr: `inet` (PostgreSQL), `text`: exactly as Cedar prints it (MySQL, SQLite)
 * - Set: `array` (PostgreSQL), `json`: a list (MySQL, SQLite). Elements are Strings, Longs, Booleans or entity
 *   ids as text. With a null in it, it is no set.
 * - Record: `json`: an object, whose extension values are text and whose entities are ids as text. A null member
 *   is an absent one.
 */
export type ColumnStorage =
  | IdStorage
  | "timestamptz"
  | "timestamp"
  | "milliseconds"
  | "numeric"
  | "units"
  | "inet"
  | "array"
  | "json";

/** Where an attribute comes from. Its Cedar type comes from the schema or, without one, from `type`. */
export type AttributeMapping = ColumnMapping | SetTableMapping | RecordMapping;

/** A column of the entity's own row; NULL is an absent attribute. */
export interface ColumnMapping {
  readonly column: ColumnRef;
  readonly as?: ColumnStorage;
  /** For attributes of an entity type, and sets of them: its Cedar type, where the schema doesn't say it. */
  readonly entity?: string;
  /** Its Cedar type, where there is no schema. */
  readonly type?: SchemaType;
  /**
   * Text in this column is equal only where it is the same bytes, as in every PostgreSQL column but for those of
   * a nondeterministic collation. Filters then are shorter, and use any index; without it they compare bytes.
   */
  readonly exact?: boolean;
}

/** A Set in a table of its own: a row for each element. Never absent; NULL is no element. */
export interface SetTableMapping {
  readonly table: TableRef;
  /** The column that holds the owner's id, stored as the id of the owner is. */
  readonly owner: ColumnRef;
  readonly value: ColumnRef;
  /** Of the elements. */
  readonly as?: ColumnStorage;
  readonly entity?: string;
  /** Type of the whole attribute, where there is no schema. */
  readonly type?: SchemaType;
}

/** A Record spread over columns, `{start: {column: shift_start}}`. It is absent where all of them are NULL. */
export interface RecordMapping {
  readonly members: Readonly<Record<string, ColumnMapping>>;
}

/** Where parents come from: a foreign key in the entity's own row, or a join table. NULL is no parent. */
export type ParentMapping = ParentColumn | ParentTable;

export interface ParentColumn {
  readonly type: string;
  readonly column: ColumnRef;
  /** Default: as the id of the parent's mapping. */
  readonly as?: IdStorage;
  readonly exact?: boolean;
}

export interface ParentTable {
  readonly type: string;
  readonly table: TableRef;
  /** Stored as the ids of both sides are. */
  readonly child: ColumnRef;
  readonly parent: ColumnRef;
}

/** Tags in a table of their own: one row for each tag of each entity. */
export interface TagMapping {
  readonly table: TableRef;
  /** The column that holds the id of the tagged entity, stored as that id is. */
  readonly entity: ColumnRef;
  readonly key: ColumnRef;
  readonly value: ColumnRef;
  readonly as?: ColumnStorage;
  /** Type of the tags, where there is no schema. */
  readonly type?: SchemaType;
}

export function isColumn(mapping: AttributeMapping): mapping is ColumnMapping {
  return "column" in mapping;
}

export function isSetTable(mapping: AttributeMapping): mapping is SetTableMapping {
  return "owner" in mapping;
}

export function isTable(mapping: EntityMapping): mapping is TableMapping {
  return "table" in mapping;
}
