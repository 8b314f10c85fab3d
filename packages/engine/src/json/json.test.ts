import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkProperty } from "../testing-internal/property.js";
import {
  canonicalJson,
  JsonError,
  type JsonObject,
  type JsonValue,
  locateJson,
  parseJson,
  stringifyJson,
} from "./index.js";
import { parseStrictly } from "./parse.js";
import { setMember } from "./value.js";

test("what is not strict JSON is refused, with its place", () => {
  // The text, the code, the message, line and column, and the pointer of the value being read.
  const cases: [string, string, string, number, number, string][] = [
    ["", "json_syntax", "unexpected end of the text", 1, 1, ""],
    ["[1,]", "json_syntax", "unexpected `]`", 1, 4, "/1"],
    ["[1 2]", "json_syntax", "unexpected `2`, expected `,` or `]`", 1, 4, ""],
    ['{"a" 1}', "json_syntax", "unexpected `1`, expected `:`", 1, 6, "/a"],
    ["{a:1}", "json_syntax", "unexpected `a`, expected a key in double quotes", 1, 2, ""],
    ['{\n  "a/b": {"c": [1, nope]}}', "json_syntax", "unexpected `n`", 2, 20, "/a~1b/c/1"],
    ["01", "json_syntax", "unexpected `1`, expected the end", 1, 2, ""],
    ["1.", "json_syntax", "unexpected `.`, expected the end", 1, 2, ""],
    ["+1", "json_syntax", "unexpected `+`", 1, 1, ""],
    ["[1] x", "json_syntax", "unexpected `x`, expected the end", 1, 5, ""],
    ["\ufeff1", "json_syntax", "unexpected `\ufeff`", 1, 1, ""],
    ['"abc', "json_syntax", "unexpected end of the text in a string", 1, 5, ""],
    ['"a\tb"', "json_syntax", "unexpected character U+0009 in a string", 1, 3, ""],
    ['"\\x"', "json_syntax", "invalid escape in a string", 1, 2, ""],
    ['"\\u12"', "json_syntax", "invalid escape in a string", 1, 2, ""],
    ['{"a":1,"\\u0061":2}', "json_duplicate_key", 'duplicate key "a"', 1, 8, "/a"],
    ['{"__proto__":1,"__proto__":2}', "json_duplicate_key", 'duplicate key "__proto__"', 1, 16, "/__proto__"],
    ['["\\ud800"]', "json_lone_surrogate", "a string holds half of a surrogate pair", 1, 2, "/0"],
    ["1e400", "json_number_range", "`1e400` is out of range", 1, 1, ""],
    ["9".repeat(1001), "json_number_range", "an integer of more than 1000 digits", 1, 1, ""],
  ];
  for (const [text, code, message, line, column, pointer] of cases) {
    assert.throws(() => parseJson(text), { name: "JsonError", code, message, line, column, pointer });
  }
});

test("numbers keep what they say", () => {
  const cases: [string, JsonValue][] = [
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["-9223372036854775808", -9223372036854775808n],
    ["-0", 0],
    ["-0.0", 0],
    ["1.50", 1.5],
    ["1e3", 1000],
  ];
  for (const [text, value] of cases) assert.ok(Object.is(parseJson(text), value), text);
});

test("no key is special", () => {
  const value = parseJson('{"__proto__": {"admin": true}, "constructor": 1}');
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
  assert.equal((value as { admin?: boolean }).admin, undefined);
  assert.equal(stringifyJson(value), '{"__proto__":{"admin":true},"constructor":1}');
});

test("nesting is bounded, whatever the caller allows", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(parseJson(nested(200)));
  const tooDeep = { code: "json_too_deep", message: "arrays and objects nest too deep" };
  assert.throws(() => parseJson(nested(201)), { ...tooDeep, offset: 200 });
  assert.throws(() => parseJson(nested(3), { maxDepth: 2 }), { ...tooDeep, offset: 2, pointer: "/0/0" });
  assert.throws(() => parseJson(nested(100_000), { maxDepth: Number.POSITIVE_INFINITY }), tooDeep);
  assert.throws(() => parseJson(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`), tooDeep);
});

test("lone surrogates pass where allowed", () => {
  assert.equal(parseJson('"\\ud800"', { allowLoneSurrogates: true }), "\ud800");
  assert.equal(parseJson('"\\ud83d\\ude00"'), "😀");
});

test("on texts without big integers and duplicates it agrees with JSON.parse", (t) => {
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(3),
    fc.constantFrom("", ",", '"', "]", "{", "\\", "0", "-", ".", "e", " ", "n"),
  );
  let accepted = 0;
  checkProperty(
    t,
    fc.property(fc.json(), fc.option(damage), (json, cut) => {
      const at = cut === null ? 0 : cut[0] % (json.length + 1);
      const text = cut === null ? json : json.slice(0, at) + cut[2] + json.slice(at + cut[1]);
      let native: unknown;
      try {
        native = withoutNegativeZero(text);
      } catch {
        assert.throws(() => parseJson(text), JsonError);
        return;
      }
      try {
        assert.deepEqual(rounded(parseStrictly(text, { allowLoneSurrogates: true })), native);
        accepted += 1;
      } catch (error) {
        assert.ok(error instanceof JsonError && error.code !== "json_syntax", text);
      }
    }),
    2000,
  );
  assert.ok(accepted > 0);
});

/** As JSON.parse has it: big integers rounded. */
function rounded(value: JsonValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  const object = {};
  for (const [key, member] of Object.entries(value)) setMember(object, key, rounded(member));
  return object;
}

/** Without -0, which parseJson has no use for. */
function withoutNegativeZero(text: string): unknown {
  return JSON.parse(text, (_, value) => (Object.is(value, -0) ? 0 : value));
}

test("the canonical text depends on the value only", (t) => {
  checkProperty(
    t,
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
      const object = parseJson(JSON.stringify(given), { allowLoneSurrogates: true }) as JsonObject;
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      assert.equal(canonicalJson(reversed), canonicalJson(object));
      assert.deepEqual(parseJson(canonicalJson(object), { allowLoneSurrogates: true }), object);
    }),
  );
  assert.equal(
    canonicalJson({ b: [1n, 2n ** 64n], a: null, "\u{10000}": 1, "\uffff": 2 }),
    '{"a":null,"b":[1,18446744073709551616],"\u{10000}":1,"\uffff":2}',
  );
  assert.throws(() => canonicalJson(Number.NaN), { name: "RangeError" });
});

test("a pointer leads to the place of its value", () => {
  const text = '{\n  "a": {"b/c": [1, {"x": [{}, {"q": []}], "d": "hello"}]},\n  "": 2\n}';
  const cases: [string, string | undefined, number, number][] = [
    ["", text, 1, 1],
    ["/a/b~1c/1/d", '"hello"', 2, 48],
    ["/a/b~1c/1/x", '[{}, {"q": []}]', 2, 26],
    ["/a/b~1c/0", "1", 2, 17],
    ["/", "2", 3, 7],
    ["/a/b~1c/2", undefined, 0, 0],
    ["/a/b~1c/01", undefined, 0, 0],
    ["/a/nope", undefined, 0, 0],
    ["/a/b~1c/0/x", undefined, 0, 0],
  ];
  for (const [pointer, found, line, column] of cases) {
    const location = locateJson(text, pointer);
    if (found === undefined) assert.equal(location, undefined, pointer);
    else {
      assert.ok(location, pointer);
      assert.equal(text.slice(location.offset, location.offset + location.length), found);
      assert.deepEqual([location.line, location.column], [line, column]);
    }
  }
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  assert.equal(locateJson(deep, "")?.length, deep.length);
});

test("the runtime's own writer is used only where it writes the same", (t) => {
  const sorted = (value: JsonValue) => canonicalJson(value);
  checkProperty(
    t,
    fc.property(fc.jsonValue(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }), (json, big) => {
      const value = json as JsonValue;
      assert.equal(stringifyJson(value), JSON.stringify(value));
      // With a bigint in it, all of it is written by our own.
      assert.equal(stringifyJson([value, big]), `[${JSON.stringify(value)},${big}]`);
      assert.equal(sorted(JSON.parse(stringifyJson(value))), sorted(value));
    }),
  );
  assert.throws(() => stringifyJson([Number.NaN]), RangeError);
  assert.equal(stringifyJson({ a: undefined, b: 1 } as unknown as JsonValue), '{"b":1}');
});
