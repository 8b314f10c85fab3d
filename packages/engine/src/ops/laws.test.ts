import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CedarSet, type Value } from "../index.js";
import { long, value } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import {
  add,
  contains,
  containsAll,
  containsAny,
  equal,
  greater,
  isEmpty,
  less,
  lessOrEqual,
  like,
  multiply,
  negate,
  subtract,
} from "./index.js";

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** The value, or the message of the failure. */
function result(compute: () => Value): Value {
  try {
    return compute();
  } catch (failure) {
    return (failure as { message: string }).message;
  }
}

test("arithmetic is that of the integers, or errs exactly where 64 bits end", (t) => {
  const cases = [
    [add, (a: bigint, b: bigint) => a + b, "add"],
    [subtract, (a: bigint, b: bigint) => a - b, "subtract"],
    [multiply, (a: bigint, b: bigint) => a * b, "multiply"],
  ] as const;
  checkProperty(
    t,
    fc.property(long, long, (a, b) => {
      for (const [operator, exact, verb] of cases) {
        const wanted = exact(BigInt(a), BigInt(b));
        const got = result(() => operator(a, b));
        if (wanted >= MIN && wanted <= MAX) assert.equal(BigInt(got as number | bigint), wanted);
        else
          assert.equal(got, `integer overflow while attempting to ${verb} the values \`${a}\` and \`${b}\``);
      }
    }),
    2000,
  );
});

test("negation undoes itself", (t) => {
  checkProperty(
    t,
    fc.property(long, (a) => {
      if (BigInt(a) !== MIN) assert.equal(negate(negate(a)), a);
    }),
  );
});

test("comparison is a total order that agrees with equality", (t) => {
  checkProperty(
    t,
    fc.property(long, long, (a, b) => {
      const holds = [less(a, b), equal(a, b), greater(a, b)].filter((outcome) => outcome === true);
      assert.equal(holds.length, 1);
      assert.equal(lessOrEqual(a, b), less(a, b) || equal(a, b));
    }),
  );
});

test("set operators agree with one another", (t) => {
  const elements = fc.array(value, { maxLength: 10 });
  checkProperty(
    t,
    fc.property(elements, elements, (some, others) => {
      const [a, b] = [CedarSet.of(some), CedarSet.of(others)];
      const union = CedarSet.of([...some, ...others]);
      assert.equal(
        containsAll(a, b),
        others.every((element) => contains(a, element)),
      );
      assert.equal(
        containsAny(a, b),
        others.some((element) => contains(a, element)),
      );
      assert.equal(containsAny(a, b), containsAny(b, a));
      assert.equal(containsAll(union, a), true);
      assert.equal(equal(a, b), containsAll(a, b) && containsAll(b, a));
      assert.equal(isEmpty(a), a.size === 0);
    }),
  );
});

test("like agrees with the definition of its wildcards", (t) => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "é", "😀"), maxLength: 8 });
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "*", "é"), maxLength: 2 }), {
    minLength: 1,
    maxLength: 5,
  });
  checkProperty(
    t,
    fc.property(text, pieces, (operand, pattern) => {
      assert.equal(like(operand, pattern), matches([...operand], wildcards(pattern)));
    }),
    3000,
  );
});

/** A pattern's characters, with undefined for a wildcard. */
function wildcards(pattern: readonly string[]): (string | undefined)[] {
  return pattern.flatMap((piece, index) => (index === 0 ? [...piece] : [undefined, ...piece]));
}

function matches(text: readonly string[], pattern: readonly (string | undefined)[]): boolean {
  if (pattern.length === 0) return text.length === 0;
  const [first, ...rest] = pattern;
  if (first === undefined) return text.some((_, i) => matches(text.slice(i), rest)) || matches([], rest);
  return text[0] === first && matches(text.slice(1), rest);
}
