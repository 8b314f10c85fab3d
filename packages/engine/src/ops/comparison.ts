import { Datetime, Duration } from "../value/datetime.js";
import { valuesEqual } from "../value/equality.js";
import { compareLong } from "../value/long.js";
import type { Value } from "../value/types.js";
import { expectBool, typeError } from "./expect.js";

export function not(operand: Value): Value {
  return !expectBool(operand);
}

export function equal(left: Value, right: Value): Value {
  return valuesEqual(left, right);
}

export function notEqual(left: Value, right: Value): Value {
  return !valuesEqual(left, right);
}

export function less(left: Value, right: Value): Value {
  return compare(left, right) < 0;
}

export function lessOrEqual(left: Value, right: Value): Value {
  return compare(left, right) <= 0;
}

export function greater(left: Value, right: Value): Value {
  return compare(left, right) > 0;
}

export function greaterOrEqual(left: Value, right: Value): Value {
  return compare(left, right) >= 0;
}

/** Orders two Longs, two datetimes or two durations. */
function compare(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (isLong(left) && isLong(right)) return compareLong(left, right);
  if (left instanceof Datetime && right instanceof Datetime) return compareLong(left.ms, right.ms);
  if (left instanceof Duration && right instanceof Duration) return compareLong(left.ms, right.ms);
  throw comparisonError(left, right);
}

/** Cedar blames whichever operand does not fit the other's type, and asks for a Long before anything else. */
function comparisonError(left: Value, right: Value) {
  if (isLong(left)) return typeError("long", right);
  if (isLong(right)) return typeError("long", left);
  const leftType = comparableExtension(left);
  if (leftType !== undefined) return typeError(leftType, right);
  const rightType = comparableExtension(right);
  if (rightType !== undefined) return typeError(rightType, left);
  return typeError(
    ["long", "datetime", "duration"],
    left,
    "Only types long, datetime, duration support comparison",
  );
}

function isLong(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function comparableExtension(value: Value): string | undefined {
  if (value instanceof Datetime) return "datetime";
  return value instanceof Duration ? "duration" : undefined;
}
