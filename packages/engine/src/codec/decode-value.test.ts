import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJson, stringifyJson } from "../json/index.js";
import { long, name, value } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import { Datetime } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { describeValue } from "../value/describe.js";
import { EntityUid } from "../value/entity-uid.js";
import { identityKey, valuesEqual } from "../value/equality.js";
import { IpAddr } from "../value/ip-addr.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import { compareText } from "../value/text.js";
import type { CedarValueJson } from "../value/types.js";
import { decodeValue } from "./decode-value.js";
import { encodeValue } from "./encode-value.js";

test("a value survives encoding, JSON text and decoding", (t) => {
  checkProperty(
    t,
    fc.property(value, (given) => {
      const reserved = JSON.stringify(encodeValue(given), (_, v) => (typeof v === "bigint" ? `${v}` : v));
      fc.pre(!/"__expr"/.test(reserved));
      const text = stringifyJson(encodeValue(given));
      const back = decodeValue(parseJson(text, { allowLoneSurrogates: true }) as CedarValueJson);
      assert.ok(valuesEqual(back, given), text);
    }),
  );
});

test("equality is an equivalence, and hashing agrees with it", (t) => {
  checkProperty(
    t,
    fc.property(value, value, (a, b) => {
      assert.ok(valuesEqual(a, a));
      assert.equal(valuesEqual(a, b), valuesEqual(b, a));
      assert.equal(valuesEqual(a, b), identityKey(a) === identityKey(b));
    }),
    2000,
  );
});

test("a set has no order and no duplicates, however large", (t) => {
  checkProperty(
    t,
    fc.property(fc.array(value, { maxLength: 20 }), (elements) => {
      const set = CedarSet.of(elements);
      assert.ok(valuesEqual(set, CedarSet.of([...elements].reverse().concat(elements))));
      assert.ok(elements.every((element) => set.has(element)));
      assert.equal(set.size, new Set(elements.map(identityKey)).size);
    }),
  );
});

test("a Long has one representation, so that === compares it", (t) => {
  checkProperty(
    t,
    fc.property(long, (number) => {
      assert.equal(decodeValue(BigInt(number)), number);
      assert.equal(Object.is(decodeValue(-0), 0), true);
    }),
  );
});

test("names of JavaScript's own are ordinary attributes", () => {
  const record = decodeValue(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'));
  assert.ok(record instanceof CedarRecord);
  assert.equal(record.has("x"), false);
  assert.equal(record.get("constructor"), 2);
  assert.equal(record.has("toString"), false);
  assert.equal(JSON.stringify(encodeValue(record)), '{"__proto__":{"x":1},"constructor":2}');
});

test("the schema's type decides what JSON leaves open", () => {
  const decimalType = { type: "Extension", name: "decimal" } as const;
  assert.ok(valuesEqual(decodeValue("1.5", decimalType), Decimal.parse("1.5")));
  assert.ok(valuesEqual(decodeValue(1.5, decimalType), Decimal.parse("1.5")));
  assert.ok(valuesEqual(decodeValue(2, decimalType), Decimal.parse("2.0")));
  assert.ok(valuesEqual(decodeValue({ fn: "decimal", arg: "1.5" }, decimalType), Decimal.parse("1.5")));
  assert.ok(
    valuesEqual(decodeValue("1.2.3.4", { type: "Extension", name: "ipaddr" }), IpAddr.parse("1.2.3.4")),
  );
  const tomorrow = { __extn: { fn: "offset", args: ["2024-01-01", "1d"] } };
  assert.ok(
    valuesEqual(decodeValue(tomorrow, { type: "Extension", name: "datetime" }), Datetime.parse("2024-01-02")),
  );
  const user = decodeValue({ type: "User", id: "ann" }, { type: "Entity", name: "User" });
  assert.ok(valuesEqual(user, EntityUid.of("User", "ann")));
  const set = decodeValue(["1.0", 1], { type: "Set", element: decimalType });
  assert.ok(set instanceof CedarSet && set.size === 1);
});

test("what is not a value is refused, with the pointer to it", () => {
  const text = { type: "String" } as const;
  const nested = {
    type: "Record",
    attributes: { "a/b": { type: { type: "Set", element: text }, required: true } },
  } as const;
  const cases: [unknown, Parameters<typeof decodeValue>[1], string, string, string][] = [
    [null, undefined, "value_invalid", "", "found `null`, which is not a Cedar value"],
    [{ a: [1, null] }, undefined, "value_invalid", "/a/1", "found `null`, which is not a Cedar value"],
    [1.5, undefined, "value_invalid", "", "`1.5` is not a 64-bit integer"],
    [2 ** 53, undefined, "value_invalid", "", "`9007199254740992` is not a 64-bit integer"],
    [2n ** 63n, undefined, "value_invalid", "", "`9223372036854775808` is not a 64-bit integer"],
    [Number.NaN, undefined, "value_invalid", "", "`NaN` is not a 64-bit integer"],
    [undefined, undefined, "value_invalid", "", "found nothing, which is not a Cedar value"],
    [
      { __entity: { type: "1", id: "x" } },
      undefined,
      "value_invalid",
      "/__entity",
      "expected a literal entity reference, but got an object",
    ],
    [
      { __extn: { fn: "nope", arg: "x" } },
      undefined,
      "extension_value",
      "/__extn",
      "extension function `nope` does not exist",
    ],
    [
      { __extn: { fn: "ip", arg: "x" } },
      undefined,
      "extension_value",
      "/__extn",
      "error while evaluating `ipaddr` extension function: invalid IP address: x",
    ],
    [
      "x",
      { type: "Long" },
      "value_type",
      "",
      'type mismatch: value was expected to have type long, but it actually has type string: `"x"`',
    ],
    [
      { "a/b": ["x", 1] },
      nested,
      "value_type",
      "/a~1b/1",
      "type mismatch: value was expected to have type string, but it actually has type long: `1`",
    ],
    [{}, nested, "value_type", "", "expected the record to have an attribute `a/b`, but it does not"],
    [
      { "a/b": [], c: 1 },
      nested,
      "value_type",
      "/c",
      "record attribute `c` should not exist according to the schema",
    ],
  ];
  for (const [json, type, code, path, message] of cases) {
    assert.throws(() => decodeValue(json as CedarValueJson, type), { code, path, message });
  }
});

test("an object is an escape only if it is nothing else", () => {
  const uid = { type: "User", id: "ann" };
  const address = { fn: "ip", arg: "::1" };
  assert.ok(valuesEqual(decodeValue({ __entity: { ...uid, more: 1 } }), EntityUid.of("User", "ann")));
  assert.ok(valuesEqual(decodeValue({ __extn: { fn: "ip", args: ["::1"] } }), IpAddr.parse("::1")));
  const records: CedarValueJson[] = [
    uid,
    address,
    { __entity: uid, more: 1 },
    { __extn: address, more: 1 },
    { __entity: { type: "User" } },
    { __extn: { fn: "ip" } },
    { __extn: { fn: "ip", args: "::1" } },
    { __expr: 1 },
  ];
  for (const json of records) assert.ok(decodeValue(json) instanceof CedarRecord, JSON.stringify(json));
  assert.throws(() => decodeValue({ __expr: "1 + 1" }), {
    code: "value_invalid",
    message: "the `__expr` escape is no longer supported",
  });
});

test("nesting without end is an error, not an overflow of the stack", () => {
  let json: CedarValueJson = 1;
  for (let i = 0; i < 50_000; i++) json = [json];
  assert.throws(() => decodeValue(json), {
    code: "value_invalid",
    message: "the value nests deeper than 500 levels",
  });
});

test("values are described as Cedar source", () => {
  const record = CedarRecord.of([
    ["b", CedarSet.of([2, 1])],
    ["a b", "it's"],
    ["when", Datetime.parse("2024-01-01T10:00:00Z")],
  ]);
  assert.equal(describeValue(record), `{"a b": "it\\'s", b: [1, 2], when: datetime("2024-01-01T10:00:00Z")}`);
  assert.equal(
    describeValue(new Datetime(2n ** 62n)),
    'datetime("1970-01-01").offset(duration("4611686018427387904ms"))',
  );
});

test("text is ordered by code point", (t) => {
  checkProperty(
    t,
    fc.property(name, name, (a, b) => {
      const points = (text: string) =>
        [...text].map((char) => (char.codePointAt(0) ?? 0).toString(16).padStart(6, "0"));
      const expected = points(a).join() < points(b).join() ? -1 : points(a).join() > points(b).join() ? 1 : 0;
      assert.equal(Math.sign(compareText(a, b)), expected);
    }),
  );
  assert.ok(compareText("\u{ffff}", "\u{10000}") < 0);
});
