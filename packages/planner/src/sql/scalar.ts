import type { Sql } from "./fragment.js";

/** How a value is represented in SQL. */
export type Form =
  | "text"
  | "integer"
  /** An integer beyond 64 bits, as arithmetic has it until its range is checked. */
  | "wide"
  | "uuid"
  | "boolean"
  | "timestamptz"
  | "timestamp"
  /** Of a datetime or duration, as an integer. */
  | "milliseconds"
  | "numeric"
  /** Ten-thousandths of a decimal, as an integer. */
  | "units"
  | "inet"
  /** An address as Cedar prints it. */
  | "address";

/** An SQL expression that is NULL, or has a condition that isn't true, exactly where the term has no value. */
export interface Scalar {
  readonly sql: Sql;
  readonly form: Form;
  /** What must be true besides for there to be a value. */
  readonly conditions: readonly Sql[];
  /** Text whose own collation compares bytes. */
  readonly exact: boolean;
  /** An id that is known as text, in other forms: NULL where it has no such form. */
  readonly typed?: Readonly<Partial<Record<Form, Sql>>>;
}
