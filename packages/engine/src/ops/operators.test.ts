import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExprJson } from "../index.js";
import {
  call,
  context,
  dot,
  ext,
  ifElse,
  lit,
  op,
  outcomeOf,
  principal,
  ref,
  requestOf,
  resource,
  storeOf,
} from "../testing-internal/world.js";

/** Each case: the expression, and true, false, or the message (and help) of Cedar 4.13. */
type Case = [ExprJson, boolean | string, (string | null)?];

const MIN = lit(-9223372036854775808n);
const MAX = lit(9223372036854775807n);
const many = Object.fromEntries([..."gfedcba"].map((letter) => [letter, 1]));

const store = storeOf({
  'User::"ann"': {
    attrs: {
      level: 2,
      friend: { __entity: { type: "User", id: "bob" } },
      office: { city: "Bonn", floor: 3 },
    },
    parents: ['Team::"support"'],
    tags: { colour: "red", level: 9 },
  },
  'Team::"support"': { parents: ['Team::"all"'] },
  'User::"empty"': {},
  'User::"many"': { attrs: many },
});
const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"plan"', { open: true, ...many });

function check(title: string, cases: readonly Case[]): void {
  test(title, () => {
    for (const [expr, expected, help = null] of cases) {
      const outcome = outcomeOf(expr, request, store);
      const label = JSON.stringify(expr, (_, v) => (typeof v === "bigint" ? `${v}` : v));
      if (typeof expected === "boolean") assert.equal(outcome, expected, label);
      else {
        assert.ok(typeof outcome === "object", label);
        assert.deepEqual(
          { message: outcome.message, help: outcome.help },
          { message: expected, help },
          label,
        );
      }
    }
  });
}

check("arithmetic stays within 64 bits or errs", [
  [op("==", op("+", lit(1), lit(2)), lit(3)), true],
  [op("==", op("+", lit(2 ** 53 - 1), lit(1)), lit(9007199254740992n)), true],
  [op("==", op("-", lit(9007199254740992n), lit(1)), lit(2 ** 53 - 1)), true],
  [op("==", op("*", lit(3037000500n), lit(3037000499)), lit(9223372033963249500n)), true],
  [op("==", op("*", lit(0), lit(-5)), lit(0)), true],
  [op("==", { neg: { arg: MAX } }, lit(-9223372036854775807n)), true],
  [
    op("==", op("+", MAX, lit(1)), lit(0)),
    "integer overflow while attempting to add the values `9223372036854775807` and `1`",
  ],
  [
    op("==", op("-", MIN, lit(1)), lit(0)),
    "integer overflow while attempting to subtract the values `-9223372036854775808` and `1`",
  ],
  [
    op("==", op("*", MAX, lit(2)), lit(0)),
    "integer overflow while attempting to multiply the values `9223372036854775807` and `2`",
  ],
  [
    op("==", { neg: { arg: MIN } }, lit(0)),
    "integer overflow while attempting to negate the value `-9223372036854775808`",
  ],
  [op("==", op("+", lit(true), lit("a")), lit(0)), "type error: expected long, got bool"],
  [op("==", op("*", lit(1), lit("a")), lit(0)), "type error: expected long, got string"],
]);

const ONLY_COMPARABLE = "Only types long, datetime, duration support comparison";
check("comparison takes two of one comparable type", [
  [op("<", lit(1), lit(2)), true],
  [op(">=", lit(9007199254740993n), lit(9007199254740992n)), true],
  [op("<", lit(1), MAX), true],
  [op("<", ext("datetime", "2024-01-01"), ext("datetime", "2024-01-02")), true],
  [op("<=", ext("duration", "1d"), ext("duration", "24h")), true],
  [op("<", lit(1), lit("a")), "type error: expected long, got string"],
  [op("<", lit("a"), lit(1)), "type error: expected long, got string"],
  [op(">", ext("decimal", "1.0"), lit(1)), "type error: expected long, got decimal"],
  [op("<", lit("a"), ext("datetime", "2024-01-01")), "type error: expected datetime, got string"],
  [
    op("<", ext("duration", "1d"), ext("datetime", "2024-01-01")),
    "type error: expected duration, got datetime",
  ],
  [
    op("<", lit("a"), lit("b")),
    "type error: expected one of [long, datetime, duration], got string",
    ONLY_COMPARABLE,
  ],
  [
    op(">=", lit(true), lit("b")),
    "type error: expected one of [long, datetime, duration], got bool",
    ONLY_COMPARABLE,
  ],
]);

check("equality never errs", [
  [op("==", lit(1), lit("1")), false],
  [op("!=", lit(1), lit(true)), true],
  [op("==", lit({ a: [1, 2] }), lit({ a: [2, 1, 2] })), true],
  [op("==", ref('User::"x"'), ref('Team::"x"')), false],
  [op("==", ext("ip", "10.0.0.1/24"), ext("ip", "10.0.0.0/24")), false],
]);

const TEST_MEMBERSHIP = "`in` is for checking the entity hierarchy; use `.contains()` to test set membership";
const ANY = "(entity of type `any_entity_type`)";
check("`in` follows parents, is reflexive, and takes sets of entities only", [
  [op("in", principal, ref('Team::"all"')), true],
  [op("in", ref('Team::"all"'), ref('Team::"support"')), false],
  [op("in", ref('Ghost::"x"'), ref('Ghost::"x"')), true],
  [op("in", principal, { Set: [ref('Team::"no"'), ref('Team::"all"')] }), true],
  [op("in", principal, { Set: [] }), false],
  [
    op("in", principal, { Set: [ref('User::"ann"'), lit("a"), lit(1)] }),
    `type error: expected ${ANY}, got long`,
  ],
  [op("in", principal, lit(1)), `type error: expected one of [set, ${ANY}], got long`],
  [op("in", lit("a"), lit("b")), `type error: expected ${ANY}, got string`],
  [op("in", lit("a"), lit([1])), `type error: expected ${ANY}, got string`, TEST_MEMBERSHIP],
  [{ is: { left: principal, entity_type: "User" } }, true],
  [{ is: { left: principal, entity_type: "User", in: ref('Team::"all"') } }, true],
  [{ is: { left: principal, entity_type: "App::User", in: lit(1) } }, false],
  [{ is: { left: lit(1), entity_type: "User", in: lit(1) } }, `type error: expected ${ANY}, got long`],
]);

check("`has` is false where there is nothing, and `.` errs", [
  [{ has: { left: principal, attr: "level" } }, true],
  [{ has: { left: principal, attr: "toString" } }, false],
  [{ has: { left: resource, attr: "level" } }, false],
  [{ has: { left: principal, attr: ["office", "city"] } }, true],
  [{ has: { left: principal, attr: ["office", "street", "no"] } }, false],
  [{ has: { left: principal, attr: ["friend", "level"] } }, false],
  [
    { has: { left: principal, attr: ["level", "x"] } },
    `type error: expected one of [record, ${ANY}], got long`,
  ],
  [dot(resource, "open"), 'entity `Doc::"plan"` does not exist'],
  [
    dot(principal, "nope"),
    '`User::"ann"` does not have the attribute `nope`',
    "available attributes: [friend,level,office]",
  ],
  [
    dot(principal, "colour"),
    '`User::"ann"` does not have the attribute `colour`',
    "available attributes: [friend,level,office]; note that a tag (not an attribute) named `colour` does exist",
  ],
  [
    dot(ref('User::"empty"'), "x"),
    '`User::"empty"` does not have the attribute `x`',
    '`User::"empty"` does not have any attributes',
  ],
  [
    dot(ref('User::"many"'), "x"),
    '`User::"many"` does not have the attribute `x`',
    "available attributes: [a,b,c,d,e, ... (2 more attributes) ]",
  ],
  [
    dot(dot(principal, "office"), "x"),
    "record does not have the attribute `x`",
    'available attributes: ["city", "floor"]',
  ],
  [
    dot(context, "x"),
    "record does not have the attribute `x`",
    "available attributes: [a,b,c,d,e, ... (3 more attributes) ]",
  ],
  [dot({ Record: {} }, "x"), "record does not have the attribute `x`", "record does not have any attributes"],
  [dot(lit("s"), "x"), `type error: expected one of [record, ${ANY}], got string`],
]);

check("tags are apart from attributes", [
  [op("hasTag", principal, lit("colour")), true],
  [op("hasTag", principal, lit("office")), false],
  [op("hasTag", resource, lit("colour")), false],
  [op("==", op("getTag", principal, lit("colour")), lit("red")), true],
  [op("getTag", resource, lit("colour")), 'entity `Doc::"plan"` does not exist'],
  [
    op("getTag", principal, lit("office")),
    '`User::"ann"` does not have the tag `office`',
    "available tags: [colour,level]; note that an attribute (not a tag) named `office` does exist",
  ],
  [
    op("getTag", ref('User::"empty"'), lit("x")),
    '`User::"empty"` does not have the tag `x`',
    '`User::"empty"` does not have any tags',
  ],
  [op("getTag", lit(1), lit(1)), `type error: expected ${ANY}, got long`],
  [op("getTag", resource, lit(1)), "type error: expected string, got long"],
]);

check("sets know membership, not order", [
  [op("contains", lit([1, "a", { b: [2] }]), lit({ b: [2, 2] })), true],
  [op("containsAll", lit([1, 2, 3]), lit([3, 1])), true],
  [op("containsAll", lit([1]), lit([1, 2])), false],
  [op("containsAll", lit([]), lit([])), true],
  [op("containsAny", lit([1, 2]), lit([2, 3])), true],
  [op("containsAny", lit([]), lit([])), false],
  [{ isEmpty: { arg: lit([]) } }, true],
  [{ isEmpty: { arg: lit(1) } }, "type error: expected set, got long"],
  [op("contains", lit(1), lit(1)), "type error: expected set, got long"],
  [op("containsAny", lit([1]), principal), "type error: expected set, got (entity of type `User`)"],
]);

check("connectives skip what cannot matter and check what they take", [
  [op("&&", lit(false), lit(1)), false],
  [op("||", lit(true), dot(resource, "x")), true],
  [op("&&", lit(true), lit(1)), "type error: expected bool, got long"],
  [op("||", lit(1), lit(true)), "type error: expected bool, got long"],
  [{ "!": { arg: lit("x") } }, "type error: expected bool, got string"],
  [ifElse(lit(false), dot(resource, "x"), lit(true)), true],
  [ifElse(lit(1), lit(true), lit(true)), "type error: expected bool, got long"],
  [lit(1), "type error: expected bool, got long"],
  [context, "type error: expected bool, got record"],
]);

check("extension functions", [
  [call("lessThan", ext("decimal", "1.0"), ext("decimal", "1.1")), true],
  [call("greaterThanOrEqual", ext("decimal", "1.10"), ext("decimal", "1.1")), true],
  [call("isInRange", ext("ip", "10.1.1.1"), ext("ip", "10.0.0.0/8")), true],
  [call("isIpv6", ext("ip", "::1")), true],
  [op("==", call("toTime", ext("datetime", "2024-01-01T08:00:00Z")), ext("duration", "8h")), true],
  [
    op(
      "==",
      call("offset", ext("datetime", "2024-01-01"), ext("duration", "-1d")),
      ext("datetime", "2023-12-31"),
    ),
    true,
  ],
  [
    call("lessThan", ext("decimal", "1.0"), lit("1.1")),
    "type error: expected decimal, got string",
    "maybe you forgot to apply the `decimal` constructor?",
  ],
  [
    call("isIpv4", lit("1.2.3.4")),
    "type error: expected ipaddr, got string",
    "maybe you forgot to apply the `ip` constructor?",
  ],
  [call("isInRange", ext("ip", "::1"), lit(1)), "type error: expected ipaddr, got long"],
  [
    call("isInRange", ext("ip", "::1")),
    "wrong number of arguments provided to extension function `isInRange`: expected 2, got 1",
  ],
  [
    call("ip", lit("::1"), lit("::1")),
    "wrong number of arguments provided to extension function `ip`: expected 1, got 2",
  ],
  [call("ip"), "wrong number of arguments provided to extension function `ip`: expected 1, got 0"],
  [call("decimal", lit(1)), "type error: expected string, got long"],
  [op("||", lit(true), ext("ip", "nonsense")), true],
]);
