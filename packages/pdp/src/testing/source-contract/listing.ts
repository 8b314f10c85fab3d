import assert from "node:assert/strict";
import { it } from "node:test";
import type { Source } from "../../sources/source.js";
import { HOSTILE_IDS } from "./ids.js";
import { never, type SourceUnderTest } from "./world.js";

/** What a source that says that it lists users must do; the others pass. */
export function listingContract(under: () => SourceUnderTest): void {
  it("lists what is there, each once, whatever ids look like and however many are asked for", async () => {
    const { source, ...world } = under();
    if (source.lists?.has("User") !== true) return;
    assert.deepEqual(await listed(source, 10), []);
    const ids = ["ann", "bob", ...HOSTILE_IDS].filter((id) => world.holds?.(id) ?? true);
    for (const id of ids) await world.putUser(id, { name: id, level: 1 });
    const whole = await listed(source, 1_000);
    assert.deepEqual([...whole].sort(), [...ids].sort());
    for (const limit of [1, 2, 7]) assert.deepEqual(await listed(source, limit), whole);
  });

  it("goes on after an id that is gone", async () => {
    const { source, ...world } = under();
    if (source.lists?.has("User") !== true) return;
    for (const id of ["a", "b", "c", "d"]) await world.putUser(id, { name: id, level: 1 });
    const [first, second, ...rest] = await listed(source, 10);
    assert.ok(first !== undefined && second !== undefined);
    await world.removeUser(second);
    assert.deepEqual(await listed(source, 1, second), rest);
    assert.deepEqual(await listed(source, 10), [first, ...rest]);
  });
}

async function listed(source: Source, limit: number, from: string | null = null): Promise<string[]> {
  const found: string[] = [];
  for (let after = from; ; ) {
    const part = await source.list?.({ type: "User", after, limit }, never());
    assert.ok(part !== undefined && part.ids.length <= limit);
    found.push(...part.ids);
    if (part.ids.length < limit) return found;
    after = part.ids.at(-1) ?? null;
  }
}
