import type { SchemaType } from "@cordon/engine";

/** Bumped with every change that an older reader would misunderstand. */
export const PREDICATE_VERSION = 1;

/** Which rows of one type: plain JSON, so that a plan made elsewhere is compiled where the database is. */
export interface RowPredicate {
  readonly version: typeof PREDICATE_VERSION;
  readonly resourceType: string;
  readonly condition: Predicate;
}

/**
 * A condition on one row. It is true or false for every row, never unknown and never an error: what Cedar's
 * errors come to was decided when it was made. It says what must hold of Cedar's attributes; where they lie is
 * the mapping's business.
 */
export type Predicate =
  | { readonly kind: "always" }
  | { readonly kind: "never" }
  | { readonly kind: "and" | "or"; readonly operands: readonly Predicate[] }
  | Unexpressed
  | Atom;

/**
 * What the database can't be asked: it counts as true there, and each row that comes must be decided by the
 * engine. Only where the caller accepted that.
 */
export interface Unexpressed {
  readonly kind: "unexpressed";
  readonly policyId: string;
  /** As Cedar source. */
  readonly clause: string;
}

/**
 * True only where every term in it has a value, so for `negated` ones and `!=` too: those say that all have
 * values and the relation doesn't hold between them. `absent` alone is true where a term has none.
 */
export type Atom =
  | { readonly kind: "defined"; readonly term: Term }
  | { readonly kind: "absent"; readonly term: Term }
  | Comparison
  | Negatable<{ readonly kind: "among"; readonly term: Term; readonly values: readonly Literal[] }>
  | Negatable<{ readonly kind: "like"; readonly term: Term; readonly pattern: readonly string[] }>
  | Negatable<{ readonly kind: "contains"; readonly set: Term; readonly element: Term }>
  | Negatable<{ readonly kind: "containsAll" | "containsAny"; readonly left: Term; readonly right: Term }>
  | Negatable<{ readonly kind: "isEmpty"; readonly set: Term }>
  | Within
  | Negatable<{ readonly kind: "inRange"; readonly address: Term; readonly range: Term }>
  | Negatable<{ readonly kind: "isIpv4"; readonly address: Term }>;

type Negatable<T> = T & { readonly negated: boolean };

export interface Comparison {
  readonly kind: "compare";
  readonly operator: ComparisonOperator;
  /** Both of the same type, which is no Set or Record; ordered are Longs, decimals, datetimes and durations. */
  readonly left: Term;
  readonly right: Term;
}

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** The entity is one of these, or has one of them among its ancestors; or so of the entity of a term. */
export type Within = Negatable<{
  readonly kind: "within";
  readonly member: Term;
  readonly of: readonly EntityLiteral[] | Term;
}>;

/** Something with a value, or without: an attribute that isn't there, or arithmetic that overflows, has none. */
export type Term =
  | { readonly kind: "literal"; readonly value: Literal }
  /** The row itself, as an entity. */
  | { readonly kind: "row"; readonly type: EntityType }
  /** Who asks, or the context, in a condition made before anybody asks: for row-level security alone. */
  | { readonly kind: "session"; readonly variable: "principal" | "context"; readonly type: SchemaType }
  /** Of the row, of a related entity, or of a record. */
  | { readonly kind: "attribute"; readonly of: Term; readonly name: string; readonly type: SchemaType }
  | { readonly kind: "tag"; readonly of: Term; readonly key: Term; readonly type: SchemaType }
  /** In 64 bits, or without a value. */
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-" | "*";
      readonly left: Term;
      readonly right: Term;
    }
  | { readonly kind: "call"; readonly fn: TermFunction; readonly args: readonly Term[] };

export type EntityType = { readonly type: "Entity"; readonly name: string };

export type TermFunction =
  | "offset"
  | "durationSince"
  | "toDate"
  | "toTime"
  | "toMilliseconds"
  | "toSeconds"
  | "toMinutes"
  | "toHours"
  | "toDays";

/** A value. Integers are text: JSON numbers end at 2^53. */
export type Literal =
  | { readonly type: "String"; readonly value: string }
  | { readonly type: "Boolean"; readonly value: boolean }
  | { readonly type: "Long"; readonly value: string }
  | EntityLiteral
  /** Milliseconds. */
  | { readonly type: "datetime" | "duration"; readonly value: string }
  /** Ten-thousandths. */
  | { readonly type: "decimal"; readonly value: string }
  | { readonly type: "ipaddr"; readonly value: string }
  | { readonly type: "Set"; readonly elements: readonly Literal[] };

export interface EntityLiteral {
  readonly type: "Entity";
  readonly name: string;
  readonly id: string;
}
