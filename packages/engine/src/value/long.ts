const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** A Long: a number while it is a safe integer, a bigint beyond. */
export type Long = number | bigint;

/** The one representation of an integer, or undefined outside Cedar's 64-bit range. */
export function toLong(value: bigint): Long | undefined {
  if (value < MIN_LONG || value > MAX_LONG) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** -1, 0 or 1. */
export function compareLong(a: Long, b: Long): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** In numbers where they are exact; undefined outside Cedar's range. */
export function sum(a: Long, b: Long): Long | undefined {
  const exact = typeof a === "number" && typeof b === "number" ? a + b : Number.NaN;
  return Number.isSafeInteger(exact) ? exact : toLong(BigInt(a) + BigInt(b));
}

export function difference(a: Long, b: Long): Long | undefined {
  const exact = typeof a === "number" && typeof b === "number" ? a - b : Number.NaN;
  return Number.isSafeInteger(exact) ? exact : toLong(BigInt(a) - BigInt(b));
}

export function product(a: Long, b: Long): Long | undefined {
  // Adding 0 turns -0 into 0.
  const exact = typeof a === "number" && typeof b === "number" ? a * b + 0 : Number.NaN;
  return Number.isSafeInteger(exact) ? exact : toLong(BigInt(a) * BigInt(b));
}
