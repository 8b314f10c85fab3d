import type { ColumnStorage } from "../mapping/index.js";
import type { ParameterType, Sql } from "./fragment.js";
import type { Form, Scalar } from "./scalar.js";
import type { TimestampRange } from "./timestamps.js";

export type DialectName = "postgres" | "mysql" | "sqlite";

/** Elements of a JSON list as rows. */
export interface JsonElements {
  readonly from: Sql;
  readonly value: Sql;
  /** True for an element of another JSON type. */
  readonly odd: Sql;
}

export type JsonKind = "String" | "Long" | "Boolean";

/**
 * What differs between databases. Comparisons of text are of bytes, whatever the collation; nothing here makes
 * the database raise an error, whatever the data.
 */
export interface Dialect {
  readonly name: DialectName;
  /** How values are stored where the mapping doesn't say. */
  readonly defaults: Readonly<Record<"datetime" | "decimal" | "ipaddr" | "Set", ColumnStorage>>;
  readonly forms: ReadonlySet<Form>;
  readonly timestamps: TimestampRange;
  /** Conditions that every subquery needs that refers to the row outside of it. */
  readonly correlated: readonly Sql[];
  quote(name: string): string;
  /** The placeholder of the nth parameter, from 1. */
  placeholder(position: number): string;
  /** What stands around the placeholder to give it its type. */
  around(type: ParameterType): readonly [before: string, after: string];
  /** Whether the text can be in the database at all. */
  isStorable(text: string): boolean;
  /** `key` of one side of a join or `IN (SELECT …)`, `own` for the side whose index is to be used. */
  textKey(text: Sql, side: "own" | "other"): Sql;
  textEquals(text: Scalar, literal: string): Sql;
  textDiffers(text: Scalar, literal: string): Sql;
  textIn(text: Scalar, literals: readonly string[]): Sql;
  /**
   * Whether an id is among those that a subquery selects, in words that let an index on the id's column serve where
   * this is one of several alternatives; undefined where `IN` and `EXISTS` do.
   */
  readonly isAmongSelected?: (id: Sql, select: Sql) => Sql;
  /** Of two columns. */
  textsEqual(left: Sql, right: Sql): Sql;
  like(text: Sql, pieces: readonly string[]): Sql;
  integer(value: string): Sql;
  integersIn(integer: Sql, values: readonly string[]): Sql;
  uuidsIn(uuid: Sql, values: readonly string[]): Sql;
  boolean(value: boolean): Sql;
  asText(id: Scalar): Sql;
  /** Text as a recursive query collects it: at its full length, and told apart by its bytes. */
  collectedText(text: Sql): Sql;
  widen(integer: Sql): Sql;
  isLong(wide: Sql): Sql;
  /** Rounded towards zero. */
  divide(integer: Sql, by: number): Sql;
  /** Never negative. */
  modulo(integer: Sql, by: number): Sql;
  /** Milliseconds since 1970, rounded down. */
  milliseconds(datetime: Sql, form: "timestamptz" | "timestamp"): Sql;
  /** Whether it is one that can be told in milliseconds. */
  isFinite(datetime: Sql): Sql | undefined;
  isInRange(address: Sql, range: Sql): Sql;
  isIpv4(address: Sql): Sql;
  jsonMember(document: Sql, name: string): Sql;
  /** NULL for one of another kind. */
  jsonScalar(value: Sql, kind: JsonKind): Sql;
  isJson(value: Sql, type: "array" | "object"): Sql;
  /** No rows for what isn't a list. */
  jsonElements(list: Sql, alias: Sql, kind: JsonKind): JsonElements;
}
