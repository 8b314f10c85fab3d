import { type CedarValueJson, Datetime, Duration, decodeValue, type SchemaType } from "@cordon/engine";

/** An inclusive range of a Long, or of the milliseconds of a datetime or duration. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;
export const EVERY_LONG: Range = { low: LOWEST, high: HIGHEST };

/** What can be written as text: the years 0 to 9999, in any zone. */
const WRITTEN_DATETIMES: Range = {
  low: -62_167_219_200_000n - 86_400_000n,
  high: 253_402_300_799_999n + 86_400_000n,
};

/** The values that a type has in data; undefined for one that isn't ordered by `<`. */
export function rangeOfType(type: SchemaType | null): Range | undefined {
  if (type?.type === "Long") return EVERY_LONG;
  if (type?.type !== "Extension") return undefined;
  if (type.name === "duration") return EVERY_LONG;
  return type.name === "datetime" ? WRITTEN_DATETIMES : undefined;
}

export function rangeOfConstant(value: CedarValueJson): Range | undefined {
  const number = positionOf(value);
  return number === undefined ? undefined : { low: number, high: number };
}

/** Where a constant stands in the order of its type. */
function positionOf(value: CedarValueJson): bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  if (typeof value !== "object" || !("__extn" in value)) return undefined;
  const decoded = decodeValue(value);
  return decoded instanceof Datetime || decoded instanceof Duration ? BigInt(decoded.ms) : undefined;
}

/** Null where nothing is in both. */
export function intersect(a: Range, b: Range): Range | null {
  const low = larger(a.low, b.low);
  const high = smaller(a.high, b.high);
  return low > high ? null : { low, high };
}

export function hull(a: Range, b: Range): Range {
  return { low: smaller(a.low, b.low), high: larger(a.high, b.high) };
}

// `Math.min` and `Math.max` don't take bigints.
function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** The range of a sum, difference or product, before it is squeezed into 64 bits. */
export function arithmetic(operator: "+" | "-" | "*", a: Range, b: Range): Range {
  if (operator === "+") return { low: a.low + b.low, high: a.high + b.high };
  if (operator === "-") return { low: a.low - b.high, high: a.high - b.low };
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return corners.map((corner) => ({ low: corner, high: corner })).reduce(hull);
}

export function overflows({ low, high }: Range): boolean {
  return low < LOWEST || high > HIGHEST;
}
