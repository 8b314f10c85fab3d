import type { Value } from "../value/types.js";
import { expectSet } from "./expect.js";

export function contains(left: Value, right: Value): Value {
  return expectSet(left).has(right);
}

export function containsAll(left: Value, right: Value): Value {
  const superset = expectSet(left);
  const subset = expectSet(right);
  if (subset.size > superset.size) return false;
  for (const element of subset) if (!superset.has(element)) return false;
  return true;
}

export function containsAny(left: Value, right: Value): Value {
  const a = expectSet(left);
  const b = expectSet(right);
  const [smaller, larger] = a.size < b.size ? [a, b] : [b, a];
  for (const element of smaller) if (larger.has(element)) return true;
  return false;
}

export function isEmpty(operand: Value): Value {
  return expectSet(operand).size === 0;
}
