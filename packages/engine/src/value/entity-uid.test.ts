import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { uid } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import { EntityUid, parseEntityUid } from "./entity-uid.js";

test("uids print as Cedar prints them", () => {
  const cases: [string, string][] = [
    ["ann", 'User::"ann"'],
    ['q"uote', 'User::"q\\"uote"'],
    ["it's", 'User::"it\\\'s"'],
    ["line\nnext\ttab\0", 'User::"line\\nnext\\ttab\\0"'],
    ["\u{301}a\u{301}\u{200b}\u{e000}\u{a0}", 'User::"\\u{301}a\u{301}\\u{200b}\\u{e000}\\u{a0}"'],
    ["é 😀", 'User::"é 😀"'],
  ];
  for (const [id, text] of cases) assert.equal(EntityUid.of("User", id).toString(), text);
});

test("what prints is read back", (t) => {
  checkProperty(
    t,
    fc.property(uid, (given) => parseEntityUid(given.toString()).equals(given)),
  );
});

test("escapes and white space that Cedar allows are read", () => {
  assert.deepEqual(parseEntityUid(' App :: User::"\\x41\\u{1F600}" '), EntityUid.of("App::User", "A😀"));
});

test("anything else is refused, with an example", () => {
  for (const text of [
    "",
    "User",
    "ann",
    'User:"ann"',
    '"ann"',
    'User::"a"b"',
    'User::"\\q"',
    'User::"\\u{110000}"',
    'User::"\\u{d800}"',
    '1User::"a"',
    'if::"a"',
    '__cedar::User::"a"',
    'User::"a',
  ]) {
    assert.throws(() => parseEntityUid(text), {
      code: "entity_uid_syntax",
      message: `\`${text}\` is not an entity uid`,
      help: 'an entity uid is a type and a quoted id, such as `User::"ann"`',
    });
  }
});

test("type and id together make the identity", () => {
  assert.equal(EntityUid.of("A", "x").equals(EntityUid.of("B", "x")), false);
});
