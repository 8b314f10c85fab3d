import { Datetime, Decimal, Duration, type Value } from "@cordon/engine";

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const DAY_MS = 86_400_000n;

/** An integer as a Long; undefined beyond 64 bits. */
export function toLong(value: bigint): number | bigint | undefined {
  if (value < MIN || value > MAX) return undefined;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** What an ordered value counts: itself, milliseconds, or ten-thousandths; undefined for other values. */
export function unitsOf(value: Value | undefined): bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  if (value instanceof Datetime || value instanceof Duration) return BigInt(value.ms);
  return value instanceof Decimal ? BigInt(value.units) : undefined;
}

/** The value of the same type as `like` that counts so much. */
export function fromUnits(units: bigint, like: Value): Value | undefined {
  const long = toLong(units);
  if (long === undefined) return undefined;
  if (like instanceof Datetime) return new Datetime(long);
  if (like instanceof Duration) return new Duration(long);
  if (like instanceof Decimal) return decimalOf(units);
  return long;
}

/** The value so many of its smallest steps away. */
export function shiftedBy(value: Value, steps: bigint): Value | undefined {
  const units = unitsOf(value);
  return units === undefined ? undefined : fromUnits(units + steps, value);
}

function decimalOf(units: bigint): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(5, "0");
  return Decimal.parse(`${units < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`);
}

/** The moment on the same day as `on`, at this time of day. */
export function atTimeOfDay(on: Datetime, time: Duration): Datetime | undefined {
  if (BigInt(time.ms) < 0n || BigInt(time.ms) >= DAY_MS) return undefined;
  const long = toLong(BigInt(on.toDate().ms) + BigInt(time.ms));
  return long === undefined ? undefined : new Datetime(long);
}
