import type { ColumnStorage, IdStorage } from "@cordon/planner/mapping";

export type DialectName = "postgres" | "mysql" | "sqlite";

/** What differs between databases in what the source reads. Everything is read as text, exactly. */
export interface Dialect {
  readonly name: DialectName;
  /** How values are stored where the mapping doesn't say: as the planner takes it too. */
  readonly defaults: Readonly<Record<"datetime" | "decimal" | "ipaddr" | "Set", ColumnStorage>>;
  quote(name: string): string;
  /** A value of any scalar type, or a JSON document, as text. */
  asText(expression: string): string;
  /** An array as a JSON list; undefined where the database has none. */
  arrayAsJson?(expression: string): string;
  /** One text with a JSON list of what an expression is in all rows of `from` where `condition`. */
  collect(expression: string, from: string, condition: string): string;
  /** A JSON list of texts. */
  jsonList(expressions: readonly string[]): string;
  /** Whether two ids are the same text, whatever the collation; by an index where there is one. */
  sameText(left: string, right: string): string;
  /** The batch of ids, at least one, as a list of parameters. */
  list(ids: readonly string[], as: IdStorage): Parameters;
  /** Whether a column is among that list. */
  among(column: string, list: string): string;
  /** Whether a text can be in the database at all. */
  holds(text: string): boolean;
}

export interface Parameters {
  /** What stands for them in the statement. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** The ids that a column of such a storage can hold in the only form that is read from it. */
export function idsOf(as: IdStorage, ids: readonly string[]): readonly string[] {
  if (as === "integer") return ids.filter(isInteger);
  if (as === "uuid") return ids.filter((id) => UUID.test(id));
  return ids;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isInteger(id: string): boolean {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(id)) return false;
  const integer = BigInt(id);
  return integer >= MIN_LONG && integer <= MAX_LONG;
}

/**
 * Ids filled up to a power of two with the last one: databases keep a plan for each number of parameters, and
 * there are few this way.
 */
export function filledUp(ids: readonly string[]): readonly string[] {
  const last = ids.at(-1);
  if (last === undefined) return ids;
  const size = 2 ** Math.ceil(Math.log2(ids.length));
  return [...ids, ...Array<string>(size - ids.length).fill(last)];
}
