import assert from "node:assert/strict";
import { it } from "node:test";
import { CedarRecord, EntityUid, encodeValue, type Value } from "@cordon/engine";
import type { FetchedEntity } from "../../sources/source.js";
import { ALL_ATTRIBUTES, askUsers, entityOf, never, type SourceUnderTest } from "./world.js";

function plain(entity: FetchedEntity): unknown {
  const attrs = [...entity.attrs].map(([name, value]: [string, Value]) => [name, encodeValue(value)]);
  return {
    attrs: Object.fromEntries(attrs),
    parents: entity.parents.map(String).sort(),
  };
}

/** Reading what is there: values, absence, batches. */
export function readingContract(under: () => SourceUnderTest): void {
  it("says which types, attributes and parents it knows", () => {
    const user = under().source.provides.get("User");
    for (const name of ALL_ATTRIBUTES) assert.ok(user?.attributes.has(name), name);
    assert.deepEqual([...(user?.parents ?? [])], ["Group"]);
    assert.deepEqual([...(under().source.provides.get("Group")?.parents ?? [])], ["Group"]);
  });

  it("gives every value in its Cedar type", async () => {
    const { source, ...world } = under();
    await world.putGroup("staff");
    await world.putGroup("admins");
    await world.putUser("boss", { name: "Bo", level: 9 });
    await world.putUser("ann", {
      name: "Änn O'Neil 😀",
      level: 7,
      email: "ann@example.com",
      boss: "boss",
      joined: "2026-01-31T08:00:00Z",
      groups: ["staff", "admins"],
    });
    const found = await source.fetch(askUsers(["ann"]), never());
    assert.deepEqual(plain(entityOf(found, "ann")), {
      attrs: {
        name: "Änn O'Neil 😀",
        level: 7,
        email: "ann@example.com",
        boss: { __entity: { type: "User", id: "boss" } },
        joined: { __extn: { fn: "datetime", arg: "2026-01-31T08:00:00Z" } },
      },
      parents: ['Group::"admins"', 'Group::"staff"'],
    });
    assert.ok(entityOf(found, "ann").attrs.get("boss") instanceof EntityUid);
  });

  it("keeps integers beyond 2^53 exact", async () => {
    const { source, ...world } = under();
    const levels = [9_007_199_254_740_993n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n];
    for (const [index, level] of levels.entries()) await world.putUser(`u${index}`, { name: "n", level });
    const found = await source.fetch(askUsers(["u0", "u1", "u2"]), never());
    assert.deepEqual(
      levels.map((_, index) => entityOf(found, `u${index}`).attrs.get("level")),
      levels,
    );
  });

  it("leaves out what has no value", async () => {
    const { source, ...world } = under();
    await world.putUser("ann", { name: "", level: 0, email: null, boss: null, joined: null });
    const found = plain(entityOf(await source.fetch(askUsers(["ann"]), never()), "ann"));
    assert.deepEqual(found, { attrs: { name: "", level: 0 }, parents: [] });
  });

  it("leaves out ids that don't exist", async () => {
    const { source, ...world } = under();
    await world.putUser("ann", { name: "Ann", level: 1 });
    const found = await source.fetch(askUsers(["nobody", "ann", "somebody"]), never());
    assert.deepEqual([...found.keys()], ["ann"]);
    assert.deepEqual([...(await source.fetch(askUsers(["nobody"]), never())).keys()], []);
  });

  it("reads at once what was just written, changed or removed", async () => {
    const { source, ...world } = under();
    const level = async () => {
      const found = await source.fetch(askUsers(["ann"]), never());
      return found.has("ann") ? entityOf(found, "ann").attrs.get("level") : "missing";
    };
    assert.equal(await level(), "missing");
    await world.putUser("ann", { name: "Ann", level: 1 });
    assert.equal(await level(), 1);
    await world.putUser("ann", { name: "Ann", level: 2 });
    assert.equal(await level(), 2);
    await world.removeUser("ann");
    assert.equal(await level(), "missing");
  });

  it("gives a parent once, and the parents of groups", async () => {
    const { source, ...world } = under();
    await world.putGroup("everyone");
    await world.putGroup("staff", ["everyone"]);
    await world.putUser("ann", { name: "Ann", level: 1, groups: ["staff"] });
    const ann = entityOf(await source.fetch(askUsers(["ann"]), never()), "ann");
    assert.deepEqual(ann.parents.map(String), ['Group::"staff"']);
    const groups = await source.fetch(
      { type: "Group", ids: ["staff", "everyone"], attributes: new Set(), parents: true, tags: false },
      never(),
    );
    assert.deepEqual(entityOf(groups, "staff").parents.map(String), ['Group::"everyone"']);
    assert.deepEqual(entityOf(groups, "everyone").parents, []);
  });

  it("answers for attributes alone, for parents alone and for existence alone", async () => {
    const { source, ...world } = under();
    await world.putGroup("staff");
    await world.putUser("ann", { name: "Ann", level: 3, groups: ["staff"] });
    const attributes = await source.fetch(
      askUsers(["ann"], { attributes: new Set(["level"]), parents: false }),
      never(),
    );
    assert.equal(entityOf(attributes, "ann").attrs.get("level"), 3);
    const parents = await source.fetch(askUsers(["ann"], { attributes: new Set() }), never());
    assert.deepEqual(entityOf(parents, "ann").parents.map(String), ['Group::"staff"']);
    const existence = await source.fetch(
      askUsers(["ann", "bob"], { attributes: new Set(), parents: false }),
      never(),
    );
    assert.deepEqual([...existence.keys()], ["ann"]);
  });

  it("answers a large batch whole", async () => {
    const { source, ...world } = under();
    const ids = Array.from({ length: 300 }, (_, n) => `user-${n}`);
    await world.putGroup("staff");
    for (const [n, id] of ids.entries())
      if (n % 3 !== 0) await world.putUser(id, { name: id, level: n, groups: n % 2 === 0 ? ["staff"] : [] });
    const found = await source.fetch(askUsers(ids), never());
    assert.equal(found.size, 200);
    for (const [n, id] of ids.entries()) {
      if (n % 3 === 0) continue;
      const entity = entityOf(found, id);
      assert.equal(entity.attrs.get("level"), n);
      assert.equal(entity.parents.length, n % 2 === 0 ? 1 : 0);
    }
  });

  it("answers several questions at once, each with its own", async () => {
    const { source, ...world } = under();
    for (let n = 0; n < 20; n++) await world.putUser(`u${n}`, { name: `U${n}`, level: n });
    const asked = Array.from({ length: 20 }, (_, n) => source.fetch(askUsers([`u${n}`]), never()));
    for (const [n, found] of (await Promise.all(asked)).entries()) {
      assert.deepEqual([...found.keys()], [`u${n}`]);
      assert.equal(entityOf(found, `u${n}`).attrs.get("name"), `U${n}`);
    }
  });

  it("gives a huge value whole, or fails", async () => {
    const { source, ...world } = under();
    const name = "x".repeat(1_000_000);
    await world.putUser("ann", { name, level: 1 });
    const found = await source.fetch(askUsers(["ann"]), never()).catch(() => undefined);
    if (found?.get("ann") === undefined) return;
    const entity = found.get("ann");
    if (entity instanceof Error) return;
    assert.ok(new CedarRecord(entity?.attrs ?? new Map()).get("name") === name);
  });
}
