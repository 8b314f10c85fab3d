import assert from "node:assert/strict";
import { it } from "node:test";
import { SourceError } from "../../sources/source-error.js";
import { askUsers, entityOf, never, type SourceUnderTest } from "./world.js";

/** Ids that end quotes, statements, paths, queries, templates and headers. */
export const HOSTILE_IDS: readonly string[] = [
  "'",
  '"',
  "`",
  "\\",
  "' OR '1'='1",
  "' OR 1=1 -- ",
  "'; DROP TABLE users; --",
  "\\'; DELETE FROM users; -- ",
  "x') UNION SELECT 'ann', 'Ann', 99 -- ",
  "$1",
  ":ids",
  "?",
  "%s",
  "{id}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an id that looks like a reference to a secret
  "${env:HOME}",
  "ann,bob",
  "{ann,bob}",
  '{"ann"}',
  "..",
  ".",
  "../ann",
  "ann/../bob",
  "/ann",
  "ann/",
  "ann?level=99",
  "ann#x",
  "ann&id=bob",
  "ann;bob",
  "%2e%2e%2fann",
  "ann%00",
  "http://localhost:1/ann",
  "ann@localhost",
  "a\r\nHost: evil",
  "ann\nbob",
  "ann bob",
  " ann",
  "ann ",
  "ANN",
  "Ann",
  "\u00e4nn",
  "a\u0308nn",
  "😀",
  "__proto__",
  "constructor",
  "toString",
  "NULL",
  "null",
  "0",
  "1e3",
  "é'".repeat(60),
];

/** Ids are data: whatever they look like, each names exactly one entity. */
export function idContract(under: () => SourceUnderTest): void {
  it("finds exactly what was asked for under hostile ids", async () => {
    const { source, ...world } = under();
    const held = HOSTILE_IDS.filter((id) => world.holds?.(id) ?? true);
    await world.putUser("ann", { name: "the one", level: 99 });
    await world.putUser("bob", { name: "the other", level: 98 });
    for (const [n, id] of held.entries()) {
      const alone = await source.fetch(askUsers([id]), never());
      assert.deepEqual([...alone.keys()], [], `\`${id}\` is somebody before it was put`);
      await world.putUser(id, { name: id, level: n });
    }
    const found = await source.fetch(askUsers(held), never());
    assert.deepEqual([...found.keys()].sort(), [...held].sort());
    for (const [n, id] of held.entries()) {
      assert.equal(entityOf(found, id).attrs.get("level"), n, id);
      assert.equal(entityOf(found, id).attrs.get("name"), id);
    }
    const others = await source.fetch(askUsers(["ann", "bob"]), never());
    assert.equal(entityOf(others, "ann").attrs.get("level"), 99);
    assert.equal(entityOf(others, "bob").attrs.get("level"), 98);
  });

  it("never takes an id that can't be held for another", async () => {
    const { source, ...world } = under();
    await world.putUser("ann", { name: "Ann", level: 1 });
    for (const id of ["ann\0", "\0ann", "ann\ud800", "x".repeat(100_000), ""]) {
      const found = await source.fetch(askUsers([id]), never()).catch((error: unknown) => {
        assert.ok(error instanceof SourceError, String(error));
      });
      const entity = found?.get(id);
      assert.ok(entity === undefined || entity instanceof SourceError, JSON.stringify(id.slice(0, 20)));
      assert.equal(found?.has("ann") ?? false, false);
    }
  });
}
