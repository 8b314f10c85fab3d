import { Failure } from "../failure.js";
import { type Long, toLong } from "../value/long.js";
import type { Value } from "../value/types.js";
import { expectLong } from "./expect.js";

export function add(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const a = expectLong(left);
  const b = expectLong(right);
  return inRange(BigInt(a) + BigInt(b), "add", a, b);
}

export function subtract(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number") {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference;
  }
  const a = expectLong(left);
  const b = expectLong(right);
  return inRange(BigInt(a) - BigInt(b), "subtract", a, b);
}

export function multiply(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number") {
    const product = left * right;
    // Adding 0 turns -0 into 0.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  const a = expectLong(left);
  const b = expectLong(right);
  return inRange(BigInt(a) * BigInt(b), "multiply", a, b);
}

export function negate(operand: Value): Value {
  const a = expectLong(operand);
  if (typeof a === "number") return 0 - a;
  const negated = toLong(-a);
  if (negated !== undefined) return negated;
  throw new Failure("integer_overflow", `integer overflow while attempting to negate the value \`${a}\``);
}

function inRange(result: bigint, verb: string, a: Long, b: Long): Long {
  const long = toLong(result);
  if (long !== undefined) return long;
  throw new Failure(
    "integer_overflow",
    `integer overflow while attempting to ${verb} the values \`${a}\` and \`${b}\``,
  );
}
