import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TextPositions } from "./positions.js";

test("lines and columns count from 1, columns in UTF-16 units", () => {
  const positions = new TextPositions("é😀x\r\n\tb");
  assert.deepEqual(positions.at(3), { line: 1, column: 4, offset: 3 });
  assert.deepEqual(positions.at(7), { line: 2, column: 2, offset: 7 });
  assert.deepEqual(positions.at(99), { line: 2, column: 3, offset: 8 });
  assert.equal(positions.line(1), "é😀x");
});

test("every byte offset of a character's start leads to that character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
      const positions = new TextPositions(text);
      let bytes = 0;
      let units = 0;
      for (const character of text) {
        assert.equal(positions.fromByteOffset(bytes), units);
        bytes += Buffer.byteLength(character);
        units += character.length;
      }
      assert.equal(positions.fromByteOffset(bytes), text.length);
    }),
  );
});
