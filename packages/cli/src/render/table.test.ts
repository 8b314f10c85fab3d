import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "./printable.js";
import { Table } from "./table.js";

const row = (...texts: string[]) => texts.map((text) => ({ text }));

test("columns are aligned and never narrow again", () => {
  const table = new Table();
  assert.deepEqual(table.lines([row("a", "long one", "x"), row("bbb", "s", "y")]), [
    "a    long one  x",
    "bbb  s         y",
  ]);
  assert.deepEqual(table.lines([row("c", "t", "z")]), ["c    t         z"]);
});

test("style goes around the text and not around its padding", () => {
  const lines = new Table().lines([
    [{ text: "a", style: (text) => `<${text}>` }, { text: "x" }],
    row("bb", "y"),
  ]);
  assert.deepEqual(lines, ["<a>   x", "bb  y"]);
});

test("wide and combining characters take the room they take on a screen", () => {
  const lines = new Table().lines([row("日本", "x"), row("e\u0301tat", "y"), row("abcd", "z")]);
  assert.deepEqual(lines, ["日本  x", "e\u0301tat  y", "abcd  z"]);
});

test("what could write on the terminal is shown, not done", () => {
  assert.equal(printable("a\u001b[2Jb\nc\u202ed"), "a\\u{1b}[2Jb\\u{a}c\\u{202e}d");
  assert.equal(printable("Zoë 日本 😀"), "Zoë 日本 😀");
});
