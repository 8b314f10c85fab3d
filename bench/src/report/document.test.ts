import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceSection } from "./document.js";

const document =
  "before\n<!-- figures of a -->\n\nold\n\n<!-- end of a -->\nafter\n<!-- figures of b -->\nkept\n<!-- end of b -->\n";

test("new figures replace the old ones and nothing else", () => {
  const once = replaceSection(document, "a", "new\n");
  assert.equal(once, document.replace("old", "new"));
  assert.equal(replaceSection(once, "a", "new"), once);
});

test("figures without a section are not lost silently", () => {
  assert.throws(() => replaceSection(document, "c", "new"), /no section between `<!-- figures of c -->`/);
});
