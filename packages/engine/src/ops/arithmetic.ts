import { Failure } from "../failure.js";
import { difference, type Long, product, sum, toLong } from "../value/long.js";
import type { Value } from "../value/types.js";
import { expectLong } from "./expect.js";

export function add(left: Value, right: Value): Value {
  const a = expectLong(left);
  const b = expectLong(right);
  return sum(a, b) ?? overflow("add", a, b);
}

export function subtract(left: Value, right: Value): Value {
  const a = expectLong(left);
  const b = expectLong(right);
  return difference(a, b) ?? overflow("subtract", a, b);
}

export function multiply(left: Value, right: Value): Value {
  const a = expectLong(left);
  const b = expectLong(right);
  return product(a, b) ?? overflow("multiply", a, b);
}

export function negate(operand: Value): Value {
  const a = expectLong(operand);
  if (typeof a === "number") return 0 - a;
  const negated = toLong(-a);
  if (negated !== undefined) return negated;
  throw new Failure("integer_overflow", `integer overflow while attempting to negate the value \`${a}\``);
}

function overflow(verb: string, a: Long, b: Long): never {
  throw new Failure(
    "integer_overflow",
    `integer overflow while attempting to ${verb} the values \`${a}\` and \`${b}\``,
  );
}
