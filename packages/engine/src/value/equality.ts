import type { Value } from "./types.js";

/** What every value that is not a JavaScript primitive can tell about its identity. */
export interface Structured {
  /** False for a value of any other class. */
  equals(other: object): boolean;
  /** Text that two values share exactly when they are equal. It tells where it ends, so texts can be joined. */
  identity(): string;
}

/** Structural equality. Values of different types are unequal, never an error. */
export function valuesEqual(a: Value, b: Value): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && a.equals(b));
}

/** A primitive that two values share exactly when they are equal, so that values can be hashed. */
export function identityKey(value: Value): string | number | bigint | boolean {
  if (typeof value === "string") return textIdentity(value);
  return typeof value === "object" ? value.identity() : value;
}

/** As `identityKey`, in a form that can be joined with others. */
export function identityText(value: Value): string {
  const key = identityKey(value);
  return typeof key === "string" ? key : `${key};`;
}

/** The length says where the text ends, whatever is in it. */
export function textIdentity(text: string): string {
  return `s${text.length}:${text}`;
}
