import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenize } from "./tokens.js";

function kinds(text: string): string[] {
  return tokenize(text).map(({ kind, text }) => `${kind} ${text}`);
}

test("names, numbers, strings, slots and marks are told apart", () => {
  assert.deepEqual(kinds('a1_::B=="x\\"y\n"&&?slot<=12?1//no\n/ 3'), [
    "identifier a1_",
    "punctuation ::",
    "identifier B",
    "punctuation ==",
    'string "x\\"y\n"',
    "punctuation &&",
    "slot ?slot",
    "punctuation <=",
    "number 12",
    "punctuation ?",
    "number 1",
    "punctuation /",
    "number 3",
  ]);
});

test("all of Unicode's spaces are none of the tokens, and what can't be a token is an invalid one", () => {
  assert.deepEqual(kinds("a\u00a0\u0085\u2003\ufeffb\u2028c"), [
    "identifier a",
    "identifier b",
    "identifier c",
  ]);
  assert.deepEqual(kinds("ä &😀|\ud800x"), [
    "invalid ä",
    "invalid &",
    "invalid 😀",
    "invalid |",
    "invalid \ud800",
    "identifier x",
  ]);
});

test("a string that isn't closed takes all the rest", () => {
  assert.deepEqual(kinds('a "b;\nc'), ["identifier a", 'invalid "b;\nc']);
  assert.deepEqual(kinds('"b\\"'), ['invalid "b\\"']);
  assert.deepEqual(kinds('"b\\'), ['invalid "b\\']);
});

test("tokens say where they stand", () => {
  assert.deepEqual(tokenize(" ab // c\r;"), [
    { kind: "identifier", text: "ab", start: 1, end: 3 },
    { kind: "punctuation", text: ";", start: 9, end: 10 },
  ]);
});
