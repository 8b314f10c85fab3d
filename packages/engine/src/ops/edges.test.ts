import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../failure.js";
import {
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityStore,
  EntityUid,
  type EvaluationErrorCode,
  IpAddr,
  type Value,
} from "../index.js";
import { storeOf } from "../testing-internal/world.js";
import { CedarRecord } from "../value/record.js";
import {
  add,
  applyExtension,
  contains,
  containsAll,
  containsAny,
  equal,
  expectBool,
  extensionFunction,
  getAttribute,
  getTag,
  greater,
  greaterOrEqual,
  hasAttribute,
  hasPath,
  hasTag,
  isEmpty,
  isIn,
  isOfType,
  less,
  lessOrEqual,
  like,
  missingFunction,
  multiply,
  negate,
  not,
  notEqual,
  subtract,
} from "./index.js";

const none = new EntityStore();
const ann = EntityUid.of("User", "ann");
const bob = EntityUid.of("User", "bob");
const store = storeOf({
  'User::"ann"': { attrs: { a: 1, next: { __entity: { type: "User", id: "bob" } } } },
});
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

function call(name: string, ...args: Value[]): Value {
  return applyExtension(extensionFunction(name) ?? missingFunction(name), args);
}

const FAILURES: readonly (readonly [EvaluationErrorCode, () => unknown])[] = [
  ["integer_overflow", () => add(MAX, 1)],
  ["integer_overflow", () => subtract(MIN, 1)],
  ["integer_overflow", () => multiply(MAX, 2)],
  ["integer_overflow", () => negate(MIN)],
  ["type_error", () => add("a", 1)],
  ["type_error", () => add(1, "a")],
  ["type_error", () => negate(true)],
  ["type_error", () => not(1)],
  ["type_error", () => expectBool("true")],
  ["type_error", () => less(1, "a")],
  ["type_error", () => less("a", "b")],
  ["type_error", () => contains(1, 1)],
  ["type_error", () => isEmpty(new CedarRecord(new Map()))],
  ["type_error", () => isIn(1, ann, none)],
  ["type_error", () => isIn(ann, 1, none)],
  ["type_error", () => isIn(ann, CedarSet.of(["a"]), none)],
  ["type_error", () => isOfType("User", "User")],
  ["type_error", () => like(1, ["a"])],
  ["type_error", () => getAttribute(1, "a", none)],
  ["type_error", () => hasAttribute(1, "a", none)],
  ["type_error", () => getTag(ann, 1, none)],
  ["type_error", () => hasTag(1, "a", none)],
  ["type_error", () => call("isIpv4", "1.2.3.4")],
  ["attribute_does_not_exist", () => getAttribute(ann, "b", store)],
  ["attribute_does_not_exist", () => getAttribute(new CedarRecord(new Map()), "b", store)],
  ["entity_does_not_exist", () => getAttribute(bob, "a", store)],
  ["entity_does_not_exist", () => getTag(bob, "a", store)],
  ["tag_does_not_exist", () => getTag(ann, "a", store)],
  ["extension_error", () => call("ip", "nonsense")],
  ["wrong_argument_count", () => call("isIpv4")],
  ["unknown_extension_function", () => call("nosuch")],
  ["unknown_value", () => call("unknown", "x")],
];

test("each failure has the code that says what it is", () => {
  for (const [code, fails] of FAILURES) {
    assert.throws(fails, (error) => error instanceof Failure && error.code === code, `${fails}`);
  }
});

/** Each operator on operands that tell it from its neighbours. */
const RESULTS: readonly (readonly [actual: Value, expected: Value])[] = [
  [negate(0), 0],
  [negate(5), -5],
  [negate(-(2n ** 53n)), 2n ** 53n],
  [negate(2n ** 53n), -(2n ** 53n)],
  [negate(MAX), -MAX],
  [add(2 ** 53 - 1, 1), 2n ** 53n],
  [add(2n ** 53n, -1), 2 ** 53 - 1],
  [subtract(-(2 ** 53 - 1), 1), -(2n ** 53n)],
  [subtract(2n ** 53n, 1), 2 ** 53 - 1],
  [multiply(0, -1), 0],
  [multiply(2 ** 32, 2 ** 30), 2n ** 62n],
  [multiply(2n ** 53n, 0), 0],
  [less(1, 2), true],
  [less(2, 2), false],
  [less(2n ** 53n, 1), false],
  [lessOrEqual(2, 2), true],
  [lessOrEqual(3, 2), false],
  [greater(2, 2), false],
  [greater(2n ** 53n, 2), true],
  [greaterOrEqual(2, 2), true],
  [greaterOrEqual(1, 2), false],
  [less(new Duration(1), new Duration(2)), true],
  [less(new Datetime(2), new Datetime(1)), false],
  [equal(1, 1), true],
  [notEqual(1, 1), false],
  [not(false), true],
  [isEmpty(CedarSet.of([])), true],
  [isEmpty(CedarSet.of([1])), false],
  [containsAll(CedarSet.of([1]), CedarSet.of([])), true],
  [containsAll(CedarSet.of([1, 2]), CedarSet.of([2, 1])), true],
  [containsAll(CedarSet.of([1, 2]), CedarSet.of([3])), false],
  [containsAll(CedarSet.of([1]), CedarSet.of([1, 2])), false],
  [containsAny(CedarSet.of([]), CedarSet.of([])), false],
  [containsAny(CedarSet.of([1, 2, 3]), CedarSet.of([3])), true],
  [containsAny(CedarSet.of([3]), CedarSet.of([1, 2])), false],
  [hasPath(ann, ["next"], store), true],
  [hasPath(ann, ["next", "a"], store), false],
  [hasPath(ann, ["a"], store), true],
  [like("ab", ["a", "b"]), true],
  [like("a", ["a", "a"]), false],
  [like("aa", ["a", "a"]), true],
  [like("abcb", ["a", "bc", "b"]), true],
  [like("abb", ["a", "bb", "b"]), false],
  [like("xay", ["", "a", ""]), true],
  [like("xy", ["", "a", ""]), false],
  [like("abab", ["", "ab", "ab", ""]), true],
  [like("ab", ["", "ab", "ab", ""]), false],
  [like("", [""]), true],
  [like("", ["", ""]), true],
  [isIn(ann, ann, none), true],
  [isIn(ann, bob, none), false],
  [isIn(ann, CedarSet.of([bob, ann]), none), true],
  [isIn(ann, CedarSet.of([]), none), false],
  [call("isIpv4", IpAddr.parse("1.2.3.4")), true],
  [call("isIpv6", IpAddr.parse("1.2.3.4")), false],
  [call("lessThan", Decimal.parse("1.0"), Decimal.parse("1.0")), false],
  [call("lessThanOrEqual", Decimal.parse("1.0"), Decimal.parse("1.0")), true],
  [call("greaterThan", Decimal.parse("1.0"), Decimal.parse("1.0")), false],
  [call("greaterThanOrEqual", Decimal.parse("1.0"), Decimal.parse("1.0")), true],
];

test("each operator at the edges of what it tells apart", () => {
  for (const [at, [actual, expected]] of RESULTS.entries()) {
    assert.ok(Object.is(actual, expected), `result ${at}: ${String(actual)} is not ${String(expected)}`);
  }
});

test("functions know how they are called", () => {
  const styles = ["decimal", "ip", "datetime", "duration", "unknown"].map((name) => extensionFunction(name));
  for (const fn of styles) assert.deepEqual([fn?.style, fn?.arity], ["function", 1]);
  for (const [name, arity] of [
    ["isIpv4", 1],
    ["isInRange", 2],
    ["offset", 2],
    ["toDays", 1],
  ] as const) {
    assert.deepEqual([extensionFunction(name)?.style, extensionFunction(name)?.arity], ["method", arity]);
  }
  const missing = missingFunction("nosuch");
  assert.deepEqual([missing.name, missing.style, missing.arity], ["nosuch", "function", undefined]);
});

test("of several elements that are no entities, the error names the first type in Cedar's order", () => {
  const kinds: Value[] = [
    true,
    2n ** 60n,
    "a",
    CedarSet.of([]),
    new CedarRecord(new Map()),
    Decimal.parse("1.0"),
  ];
  const messageFor = (...elements: Value[]): string => {
    try {
      isIn(ann, CedarSet.of(elements), none);
    } catch (error) {
      return (error as Failure).message;
    }
    return "no error";
  };
  for (const [at, first] of kinds.entries()) {
    for (const later of kinds.slice(at + 1)) {
      assert.equal(messageFor(first, later), messageFor(first));
      assert.equal(messageFor(later, first, ann), messageFor(first));
      assert.notEqual(messageFor(first), messageFor(later));
    }
  }
});

test("durations count in whole units, and say what a text may lack", () => {
  const day = new Duration(90_061_001);
  const units = { toMilliseconds: 90_061_001, toSeconds: 90_061, toMinutes: 1501, toHours: 25, toDays: 1 };
  for (const [name, expected] of Object.entries(units)) {
    assert.equal(call(name, day), expected);
    assert.equal(extensionFunction(name)?.arity, 1);
  }
  const helps = [
    [() => call("isIpv4", "x"), "ip"],
    [() => call("lessThan", "x", "y"), "decimal"],
    [() => call("toDate", "x"), "datetime"],
    [() => call("toDays", "x"), "duration"],
  ] as const;
  for (const [fails, name] of helps) {
    const help = `maybe you forgot to apply the \`${name}\` constructor?`;
    assert.throws(fails, (error) => error instanceof Failure && error.help === help);
  }
  assert.throws(() => call("unknown", "x"), {
    message: 'the expression contains unknown(s): `unknown("x")`',
    help: "consider using the partial evaluation APIs",
  });
});
