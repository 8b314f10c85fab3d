/** A 64-bit integer: a number while it is safe, else a bigint. */
export type Long = number | bigint;

/** Text such as `2026-11-24T12:00:00Z`. */
export type Datetime = string;

/** Text such as `8h30m`. */
export type Duration = string;

/** Text such as `10.0.0.7` or `10.0.0.0/8`. */
export type IpAddress = string;

/** A number, or text such as `"1.2500"`; four digits after the point. */
export type Decimal = number | string;

/** A set, in any order. */
export type Elements<T> = readonly T[];

/** Another entity, as an attribute's value. */
export interface Reference<Type extends string, Id extends string = string> {
  readonly type: Type;
  readonly id: Id;
}
