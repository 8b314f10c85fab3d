import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkProperty } from "../testing-internal/property.js";
import { JsonError } from "./error.js";
import { parseNatively } from "./native.js";
import { type ParseOptions, parseJson, parseStrictly } from "./parse.js";

/** Parts of strings and of numbers that the two parsers might see differently. */
const character = fc.constantFrom(
  ...["a", "b", ":", ",", "[", "-0", " -0", ": 1e5", "é", "😀", "\ud800", "\udc00", "\u2028", "__proto__"],
  ...['\\"', "\\\\", "\\/", "\\n", "\\u0022", "\\u003a", "\\ud83d\\ude00", "\\ud800", "\\uDC00", "\\u00e9"],
);
const string = fc.array(character, { maxLength: 3 }).map((parts) => `"${parts.join("")}"`);
const key = fc.oneof(fc.constantFrom('"a"', '"\\u0061"', '"__proto__"', '"b"', '"1"', '"0"'), string);
const number = fc.oneof(
  fc.constantFrom("0", "-0", "-0.0", "1.50", "1e3", "1E400", "-1e-400", "9007199254740991", "-7.25", "12"),
  fc.constantFrom("9007199254740992", "-9223372036854775808", "1234567890123456.5", "-0.5", "9".repeat(400)),
  fc.integer().map(String),
);
const space = fc.constantFrom("", "", " ", "\n", "\t ");
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(number, string, fc.constantFrom("true", "false", "null")),
    fc
      .tuple(space, fc.array(tie("value"), { maxLength: 3 }))
      .map(([gap, items]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    fc
      .tuple(space, fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }))
      .map(([gap, members]) => `{${members.map((m) => gap + m.join(`:${gap}`) + gap).join(",")}}`),
  ),
}));
const damage = fc.tuple(
  fc.nat(),
  fc.nat(2),
  fc.constantFrom("", ",", '"', "}", "\\", "0", "-", "\u0001", "\ufeff"),
);
const options: fc.Arbitrary<ParseOptions> = fc.record(
  { maxDepth: fc.nat(5), allowLoneSurrogates: fc.boolean() },
  { requiredKeys: [] },
);

test("the quick parser says what the strict one says, or nothing", (t) => {
  const seen = { quick: 0, strict: 0, refused: 0 };
  checkProperty(
    t,
    fc.property(jsonText, fc.option(damage, { freq: 4 }), options, (whole, cut, given) => {
      const at = cut === null ? 0 : cut[0] % (whole.length + 1);
      const text = cut === null ? whole : whole.slice(0, at) + cut[2] + whole.slice(at + cut[1]);
      const quick = parseNatively(text, given.maxDepth ?? 200, given.allowLoneSurrogates === true);
      const [strict, parsed] = [outcome(parseStrictly, text, given), outcome(parseJson, text, given)];
      assert.deepEqual(parsed, strict);
      if (quick === undefined) {
        seen[strict instanceof JsonError ? "refused" : "strict"] += 1;
        return;
      }
      seen.quick += 1;
      assert.deepEqual({ value: quick.value }, strict, text);
      assert.deepEqual(shape(quick.value), shape((strict as { value: unknown }).value));
    }),
    4000,
  );
  for (const [way, count] of Object.entries(seen)) assert.ok(count > 100, `${way}: ${count}`);
});

test("ordinary documents take the quick way", () => {
  const texts = [
    '[{"uid":{"type":"User","id":"ann"},"attrs":{"since":"2024-01-01","level":-3,"rate":1.5},"parents":[]}]',
    '{"principal":"User::\\"ann\\"","time":"2026-11-24T10:00:00.000Z","id":"019ab3c2-7a51-7c3e"}',
    '"😀"',
    " [ ] ",
  ];
  for (const text of texts) assert.ok(parseNatively(text, 200, false), text);
});

test("what the native parser reads otherwise is left to the strict one", () => {
  const texts = [
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1,"b":1}}',
    '{"":"","":""}',
    "-0",
    "[1,-0.0]",
    "1e400",
    "9007199254740993",
    '"\\ud800"',
    '"\ud800"',
    "[[[]]]",
  ];
  for (const text of texts) assert.equal(parseNatively(text, 2, false), undefined, text);
});

function outcome(parse: typeof parseJson, text: string, given: ParseOptions): { value: unknown } | JsonError {
  try {
    return { value: parse(text, given) };
  } catch (error) {
    assert.ok(error instanceof JsonError, text);
    return error;
  }
}

/** What `deepEqual` does not look at: the order of members. */
function shape(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : value;
  if (Array.isArray(value)) return value.map(shape);
  return Object.entries(value).map(([name, member]) => [name, shape(member)]);
}
