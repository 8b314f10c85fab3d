import type { AuthorizationCall, CallValue } from "@cordon/cedar";

/** A call that some implementation would get wrong; the official answer is the expectation. */
export interface TrickyCall {
  name: string;
  call: AuthorizationCall;
}

const ann = { type: "User", id: "ann" };
const view = { type: "Action", id: "view" };
const doc = { type: "Doc", id: "1" };

export function callWith(change: Partial<AuthorizationCall>): AuthorizationCall {
  const base = { principal: ann, action: view, resource: doc, context: {}, entities: [] };
  return { ...base, policies: { staticPolicies: "permit(principal, action, resource);" }, ...change };
}

/** Conditions, each the only policy of a call, with what they refer to in the context. */
const CONDITIONS: [condition: string, context?: { [name: string]: CallValue }][] = [
  // Long: overflow in each operator, the ends of the range, order of evaluation
  ["9223372036854775807 + 1 == 0"],
  ["(-9223372036854775808) - 1 == 0"],
  ["9223372036854775807 * 2 == 0"],
  ["-(-9223372036854775808) == 0"],
  ["-9223372036854775808 < 0"],
  ["9007199254740993 == 9007199254740992"],
  ["context.a == 9007199254740993", { a: 9007199254740993n }],
  ["context.a + 1 == 9007199254740993", { a: 9007199254740992n }],
  ["context.a == 0", { a: -0 }],
  ["context.a == 100000000000000000", { a: 1e17 }],
  ["context.a == 1152921504606847000", { a: 2 ** 60 }],
  ["3037000500 * 3037000500 > 0"],
  ["4294967296 * 2147483648 > 0"],
  ["4294967296 * (-2147483648) < 0"],
  ["0 * (1 + true) == 0"],
  ["(1 + true) + missing.x == 0".replace("missing", "context")],
  // short circuits, and what they don't save
  ["true || 1"],
  ["false && 1"],
  ["1 || true"],
  ["(1 == 1) && 1"],
  ["false || 1"],
  ["if true then true else 1"],
  ["if 1 then true else true"],
  ["if context.x then true else true"],
  ['!"a"'],
  ["!(!true)"],
  // equality across types, structural equality
  ['1 == "1"'],
  ["true != 1"],
  ["[1, 2, 2] == [2, 1]"],
  ["[[1, 2], [2, 1]] == [[2, 1]]"],
  ["{a: 1, b: 2} == {b: 2, a: 1}"],
  ["{a: [1, 1]} == {a: [1]}"],
  ['ip("1.2.3.4") == ip("1.2.3.4/32")'],
  ['ip("10.0.0.1/24") == ip("10.0.0.0/24")'],
  ['ip("::1") == ip("0:0:0:0:0:0:0:1")'],
  ['decimal("1.0") == decimal("1.00")'],
  ['decimal("-0.0") == decimal("0.0")'],
  ['datetime("2024-01-01") == datetime("2024-01-01T00:00:00.000Z")'],
  ['duration("1d") == duration("24h")'],
  ['User::"ann" == User::"ann"'],
  ['User::"ann" == Doc::"ann"'],
  ["principal == resource"],
  // comparisons
  ['1 < "a"'],
  ['"a" < "b"'],
  ["true < false"],
  ['datetime("2024-01-01") < duration("1d")'],
  ['duration("1d") <= duration("24h")'],
  ['decimal("1.0") < decimal("2.0")'],
  ["1 < context.x"],
  // in
  ["principal in principal"],
  ["principal in []"],
  ["principal in [resource, principal]"],
  ['principal in ["a"]'],
  ['principal in [principal, "a"]'],
  ['principal in ["a", principal]'],
  ["principal in 1"],
  ["1 in principal"],
  ['User::"nobody" in User::"nobody"'],
  ["action in action"],
  ["[principal] in principal"],
  // has and attribute access: records, entities that are missing, paths
  ["context has a"],
  ['context has ""', { "": 1 }],
  ["context has __proto__"],
  ["context has constructor || context has toString || context has hasOwnProperty"],
  ['context["__proto__"] == 1', JSON.parse('{"__proto__": 1}')],
  ["principal has a"],
  ["principal.a == 1"],
  ['User::"nobody" has a'],
  ['User::"nobody".a == 1'],
  ["1 has a"],
  ["(1).a == 1"],
  ["context has a.b.c", { a: { b: { c: 1 } } }],
  ["context has a.b.c", { a: { b: 1 } }],
  ["context has a.b", { a: { __entity: { type: "User", id: "nobody" } } }],
  ["context.a.b == 1", { a: { c: 1, d: 2 } }],
  ['context["x y"].z == 1', { "x y": { q: 1 } }],
  // tags
  ['principal.hasTag("a")'],
  ['principal.getTag("a") == 1'],
  ["principal.hasTag(1)"],
  ['context.hasTag("a")'],
  ['User::"nobody".getTag("a") == 1'],
  // like
  ['"a*b" like "a\\*b"'],
  ['"axb" like "a\\*b"'],
  ['"" like ""'],
  ['"" like "*"'],
  ['"aXbXc" like "a*b*c"'],
  ['"aaab" like "*a*ab"'],
  ['"é😀" like "*😀"'],
  ['"é😀" like "é*"'],
  ['"a\\nb" like "a*b"'],
  ['1 like "*"'],
  [`"${"a".repeat(2000)}" like "${"a*".repeat(20)}b"`],
  // is
  ["principal is User"],
  ["principal is Doc in principal"],
  ["principal is User in 1"],
  ["principal is Doc in 1"],
  ["context is User"],
  ["1 is User in principal"],
  // sets
  ["[].contains(1)"],
  ["[1].contains(true)"],
  ["[[1]].contains([1])"],
  ["[1, 2].containsAll([])"],
  ["[].containsAny([])"],
  ["[1].containsAll([1, true])"],
  ["[1].containsAny(1)"],
  ["(1).containsAll([1])"],
  ["[].isEmpty()"],
  ["context.isEmpty()"],
  // extension functions on good and bad arguments
  ...[
    "1.2.3.4/33",
    "1.2.3",
    "01.2.3.4",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:7:8:9",
    ":::",
    "fe80::1%eth0",
    "::/129",
    "1.2.3.4/08",
    "1.2.3.4/",
    "",
    " 1.2.3.4",
    "ABCD::",
    "1::2::3",
    "0000:0000:0000:0000:0000:0000:0000:0001/128",
  ].map((text): [string] => [`ip("${text}").isIpv4() || true`]),
  ...[
    "1",
    "1.",
    ".1",
    "1.12345",
    "-.1",
    "+1.0",
    "1.0e1",
    "922337203685477.5807",
    "922337203685477.5808",
    "-922337203685477.5808",
    "-922337203685477.5809",
    "00001.0",
    "-0.0",
    "1.0 ",
  ].map((text): [string] => [`decimal("${text}").lessThan(decimal("0.5"))`]),
  ...[
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "0099-12-31",
    "9999-12-31",
    "10000-01-01",
    "2024-13-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:59:60Z",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.1Z",
    "2024-01-01T00:00:00.123Z",
    "2024-01-01T00:00:00+0000",
    "2024-01-01T00:00:00+2359",
    "2024-01-01T00:00:00+2400",
    "2024-01-01T00:00:00+0060",
    "2024-01-01T00:00:00+00:00",
    "2024-01-01t00:00:00z",
    "2024-1-01",
    " 2024-01-01",
    "-2024-01-01",
  ].map((text): [string] => [
    `datetime("${text}").toTime() == duration("0ms") || datetime("${text}") < datetime("1970-01-01")`,
  ]),
  ...[
    "",
    "-",
    "1",
    "1d",
    "-1d",
    "1d1d",
    "1h1d",
    "1ms1s",
    "1d2h3m4s5ms",
    "+1d",
    "1.5h",
    "106751991167d",
    "106751991168d",
    "9223372036854775807ms",
    "9223372036854775808ms",
    "-9223372036854775808ms",
    "00001s",
    "1 d",
  ].map((text): [string] => [`duration("${text}").toDays() >= 0`]),
  ['ip("1.2.3.4").isInRange(ip("1.2.3.0/24"))'],
  ['ip("1.2.3.0/24").isInRange(ip("1.2.3.4"))'],
  ['ip("::1").isInRange(ip("0.0.0.0/0"))'],
  ['ip("0.0.0.0/0").isInRange(ip("0.0.0.0/0"))'],
  ['ip("127.0.0.0/7").isLoopback()'],
  ['ip("127.255.255.255").isLoopback()'],
  ['ip("224.0.0.0/3").isMulticast()'],
  ['ip("ff00::/7").isMulticast()'],
  ["ip(context.a).isIpv4()", { a: 1 }],
  ["ip(context.a).isIpv4()", { a: "1.2.3.4" }],
  ["(1).isIpv4()"],
  ['decimal("1.0").lessThan(1)'],
  ['datetime("9999-12-31").offset(duration("9223372036854775807ms")) > datetime("1970-01-01")'],
  ['datetime("1969-12-31T23:59:59.999Z").toDate() == datetime("1969-12-31")'],
  ['datetime("1969-12-31T23:59:59.999Z").toTime() == duration("86399999ms")'],
  ['datetime("0000-01-01").toDate() == datetime("0000-01-01")'],
  ['datetime("2024-01-01").durationSince(datetime("2024-01-02")) == duration("-1d")'],
  ['duration("-1ms").toSeconds() == 0'],
  ['duration("-1999ms").toSeconds() == -1'],
  ['duration("-1d").toHours() == -24'],
];

/** Values whose reading depends on the type that is expected of them. */
export const ODD_VALUES: CallValue[] = [
  ...[
    true,
    1,
    "1.0",
    "1.2.3.4",
    "2024-01-01",
    [],
    {},
    ["User", "ann"],
    [1, 1],
    { y: 1 },
    { type: "User", id: "ann" },
  ],
  ...[
    { __entity: { type: "User", id: "ann" } },
    { __entity: { type: "User" } },
    { __entity: 1 },
    { __entity: null },
  ],
  ...[{ __entity: { type: "User", id: "ann" }, y: 1 }, { __entity: { type: "User", id: "ann", y: 1 } }],
  ...[{ __entity: { type: "not a type", id: "ann" } }, { __entity: { type: "not a type", id: "ann" }, y: 1 }],
  ...[{ __entity: { type: "User", id: 1 } }, { __entity: { __entity: { type: "User", id: "ann" } } }],
  ...[
    { __entity: ["User", "ann"] },
    { __entity: { type: "User", id: "ann" }, __extn: { fn: "ip", arg: "::1" } },
  ],
  ...[
    { __extn: { fn: "ip", arg: "1.2.3.4" } },
    { __extn: { fn: "ip", arg: "1.2.3.4" }, y: 1 },
    { __extn: 1 },
  ],
  ...[
    { __extn: { fn: "ip" } },
    { __extn: { fn: "ip", args: ["1.2.3.4"] } },
    { __extn: { fn: "ip", args: [] } },
  ],
  ...[{ __extn: { fn: "ip", arg: "::1", args: ["1.2.3.4"] } }, { __extn: { fn: "ip", arg: "x" }, y: 1 }],
  ...[
    { __extn: ["ip", "1.2.3.4"] },
    { __extn: { fn: "nosuch", arg: "1" } },
    { __extn: { fn: "decimal", arg: 1 } },
  ],
  ...[{ __extn: { fn: "isIpv4", arg: { __extn: { fn: "ip", arg: "::1" } } } }, { fn: "ip", arg: "::1" }],
  ...[{ fn: "decimal", args: ["1.0"] }, { fn: "ip" }, { __expr: "1" }, { __expr: 1 }, { __expr: "1", y: 1 }],
  ...[null, 1.5, 1e21, 2n ** 63n, -(2n ** 63n), [null], { y: null }],
];

const TYPES = [
  "User",
  "Doc",
  "ipaddr",
  "decimal",
  "datetime",
  "Long",
  "String",
  "Set<User>",
  "Set<Long>",
  "{y?: Long}",
  "{y: User}",
];

/** Tells apart what an odd value in `context.a` was read as. */
const PROBES = [
  "context.a has __entity",
  "context.a has __extn",
  "context.a has __expr",
  "context.a has y",
  "context.a has type",
  "context.a has fn",
  "context.a is User",
  "context.a.__entity is User",
  "context.a.isIpv4()",
  "context.a.__extn.isIpv4()",
  'context.a == decimal("1.0")',
  'context.a.contains(User::"ann")',
  "context.a == [1]",
  "context.a == 1",
  'context.a == "1.0"',
]
  .map((probe) => `permit(principal, action, resource) when { ${probe} };`)
  .join("\n");

/** The calls that are about what a condition comes to, each without a schema. */
export function trickyConditions(): AuthorizationCall[] {
  return CONDITIONS.map(([condition, context = {}]) =>
    callWith({
      context,
      policies: { staticPolicies: `permit(principal, action, resource) when { ${condition} };` },
    }),
  );
}

export function trickyCalls(): TrickyCall[] {
  const conditions = trickyConditions().map((call, index) => ({ name: CONDITIONS[index]?.[0] ?? "", call }));
  const untyped = ODD_VALUES.map((value) => ({
    name: `untyped ${show(value)}`,
    call: callWith({ context: { a: value }, policies: { staticPolicies: PROBES } }),
  }));
  const typed = TYPES.flatMap((type) =>
    ODD_VALUES.flatMap((value) =>
      [true, false].map((validateRequest) => ({
        name: `${type} ${show(value)}${validateRequest ? "" : ", unvalidated"}`,
        call: callWith({
          context: { a: value },
          policies: { staticPolicies: PROBES },
          schema: `entity User, Doc; action view appliesTo { principal: User, resource: Doc, context: { a: ${type} } };`,
          validateRequest,
        }),
      })),
    ),
  );
  return [...conditions, ...untyped, ...typed];
}

function show(value: CallValue): string {
  return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? `${member}` : member));
}
