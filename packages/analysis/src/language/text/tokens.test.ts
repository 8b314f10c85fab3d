import assert from "node:assert/strict";
import { test } from "node:test";
import { commentAbove, isInComment, liveTokens } from "./tokens.js";

const texts = (text: string) => liveTokens(text).map((token) => token.text);

const cases: [what: string, text: string, tokens: string[]][] = [
  ["closed strings", 'a "b; c" ;', ["a", '"b; c"', ";"]],
  ["a string of several lines", '"a\nb" ;', ['"a\nb"', ";"]],
  [
    "a string that nobody closed ends before punctuation",
    'T::"ab, action);',
    ["T", "::", '"ab', ",", "action", ")", ";"],
  ],
  ["and doesn't swallow the lines after it", '"a\nb "c" d', ['"a', "b", '"c"', "d"]],
  ["nor white space at its line's end", '"ab  \nc', ['"ab', "c"]],
];

for (const [what, text, tokens] of cases) {
  test(what, () => {
    assert.deepEqual(texts(text), tokens);
    for (const { start, end, text: own } of liveTokens(text)) assert.equal(text.slice(start, end), own);
  });
}

test("slashes in a string are no comment", () => {
  const text = '"http://x" // y';
  const tokens = liveTokens(text);
  assert.equal(isInComment(text, tokens, 9), false);
  assert.equal(isInComment(text, tokens, text.length), true);
});

test("a comment is above what begins its line, and right above", () => {
  const text = "/// One.\n/// Two.\nentity A, B;\n\nentity C;";
  assert.equal(commentAbove(text, text.indexOf("entity A")), "One.\nTwo.");
  assert.equal(commentAbove(text, text.indexOf("B")), null);
  assert.equal(commentAbove(text, text.indexOf("entity C")), null);
});
