import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "./diagnostics.js";
import { TextPositions } from "./positions.js";
import { renderDiagnostic } from "./render.js";

function diagnose(text: string, wrong: string): Diagnostic {
  const start = text.indexOf(wrong);
  const range = new TextPositions(text).range(start, start + wrong.length);
  return {
    code: "type_mismatch",
    severity: "error",
    message: "unexpected type",
    file: "policies/a.cedar",
    range,
  };
}

test("the wrong part is underlined, tabs and wide characters counted as they are shown", () => {
  const text = 'permit(principal, action, resource)\nwhen {\n\t"日本" == wrong é };\n';
  assert.equal(
    renderDiagnostic({ ...diagnose(text, "wrong"), help: "did you mean `x`?" }, text),
    [
      "error[type_mismatch]: unexpected type",
      " --> policies/a.cedar:3:10",
      "  |",
      '3 |     "日本" == wrong é };',
      "  |               ^^^^^",
      "  = help: did you mean `x`?",
    ].join("\n"),
  );
});

test("a part over several lines is underlined to the end of its first", () => {
  const text = "a (b\nc) d";
  assert.match(renderDiagnostic(diagnose(text, "(b\nc)"), text), /\n {2}\| {3}\^\^$/);
});

test("what is missing at the end of the text gets one caret", () => {
  const text = "permit(";
  const range = new TextPositions(text).range(7, 7);
  assert.match(renderDiagnostic({ ...diagnose(text, "p"), range }, text), /\n {2}\| {8}\^$/);
});

test("a long line is cut around the underlined part", () => {
  const text = `${"x".repeat(5000)}WRONG${"y".repeat(5000)}`;
  const lines = renderDiagnostic(diagnose(text, "WRONG"), text).split("\n");
  const [source, underline] = [lines[3] ?? "", lines[4] ?? ""];
  assert.ok(source.length < 160);
  assert.equal(source.slice(underline.indexOf("^"), underline.lastIndexOf("^") + 1), "WRONG");
});

test("control characters of a file never reach the terminal", () => {
  const text = "a\x1b[31m\u202eb wrong";
  const rendered = renderDiagnostic({ ...diagnose(text, "wrong"), message: "bad `\x1b]0;x\x07`" }, text);
  assert.deepEqual(
    [...rendered].filter((character) => (character < " " && character !== "\n") || character === "\u202e"),
    [],
  );
});

test("colour is off unless asked for", () => {
  assert.ok(!renderDiagnostic(diagnose("ab", "b"), "ab").includes("\x1b"));
  assert.ok(renderDiagnostic(diagnose("ab", "b"), "ab", { color: true }).includes("\x1b[1;31m^"));
});

test("without a range or a text only the place is named", () => {
  const { range: _, ...placeless } = diagnose("ab", "b");
  assert.equal(
    renderDiagnostic(placeless, undefined),
    "error[type_mismatch]: unexpected type\n --> policies/a.cedar",
  );
});
