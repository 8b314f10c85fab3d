/**
 * How entities lie in a database: what `sources` of kind `sql` declare in `cordon.yaml`. The source reads rows
 * by it and the planner writes filters by it, so that both speak of the same columns.
 */
export type EntityMapping = TableMapping | QueryMapping;

/** A column of the entity's own row. Names are quoted where they are used, never spliced in as they are. */
export type ColumnRef = string;

interface MappingOf {
  /** The Cedar entity type, with its namespace. */
  readonly type: string;
  /** The column that holds the entity's id. */
  readonly id: ColumnRef;
  /** Cedar attributes by name. One without an entry is not in this database. */
  readonly attributes: Readonly<Record<string, AttributeMapping>>;
  readonly parents: readonly ParentMapping[];
  readonly tags?: TagMapping;
}

/** Entities that are the rows of a table or view: readable and plannable. */
export interface TableMapping extends MappingOf {
  /** Name of the table, with its schema before a dot where it has one. */
  readonly table: string;
}

/** Entities that a query reads by their ids: readable, not plannable. */
export interface QueryMapping extends MappingOf {
  /** SQL with one placeholder `:ids` for the batch of ids. */
  readonly query: string;
}

/** The attribute's Cedar type comes from the schema; NULL is an absent attribute. */
export interface AttributeMapping {
  readonly column: ColumnRef;
  /** For attributes of an entity type: its Cedar type, where the schema doesn't say it. */
  readonly entity?: string;
}

/** Where parents come from: a foreign key in the entity's own row, or a join table. NULL is no parent. */
export type ParentMapping =
  | { readonly type: string; readonly column: ColumnRef }
  | { readonly type: string; readonly table: string; readonly child: ColumnRef; readonly parent: ColumnRef };

/** Tags in a table of their own: one row for each tag of each entity. */
export interface TagMapping {
  readonly table: string;
  readonly entity: ColumnRef;
  readonly key: ColumnRef;
  readonly value: ColumnRef;
}
