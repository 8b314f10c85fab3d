import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CedarRecord,
  type Entities,
  type Entity,
  type EntityData,
  EntityStore,
  EntityUid,
  type Value,
  valuesEqual,
} from "../index.js";
import { name, value } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";

const IDS = ["a", "b", "c", "d", "e", "f"];
const of = (id: string) => EntityUid.of("G", id);
const entity = (id: string, ...parents: string[]): EntityData => ({ uid: of(id), parents: parents.map(of) });
const ancestors = (entities: Entities, id: string): string[] | undefined => {
  const found = entities.get(of(id));
  return found && [...found.ancestors()].map((uid) => uid.id).sort();
};
const picture = (entities: Entities) => IDS.map((id) => ancestors(entities, id));

test("ancestors are closed over, also through entities that are not there", () => {
  const store = EntityStore.from([entity("a", "b"), entity("b", "c", "ghost"), entity("c", "d")]);
  assert.deepEqual(ancestors(store, "a"), ["b", "c", "d", "ghost"]);
  assert.equal(store.get(of("a"))?.isIn(of("ghost")), true);
  assert.equal(store.get(of("a"))?.isIn(of("a")), false);
  assert.equal(store.get(of("ghost")), undefined);
  assert.equal(store.size, 3);
});

test("cycles are refused in Cedar's words, and leave the store as it was", () => {
  const message =
    'transitive closure computation/enforcement error: input graph has a cycle containing vertex `G::"a"`';
  assert.throws(() => EntityStore.from([entity("a", "a")]), { code: "entity_cycle", message });
  assert.throws(() => EntityStore.from([entity("a", "b"), entity("b", "a")]), { code: "entity_cycle" });
  const store = EntityStore.from([entity("b", "a"), entity("c", "b")]);
  const before = picture(store);
  assert.throws(() => store.upsert(entity("a", "c")), { code: "entity_cycle", message });
  assert.throws(() => store.overlay([entity("a", "c")]), { code: "entity_cycle" });
  assert.deepEqual(picture(store), before);
});

test("one entity may be given twice, but not two different ones", () => {
  const withLevel = (level: Value): EntityData => ({
    ...entity("a", "b"),
    attrs: new Map([["level", level]]),
  });
  assert.equal(EntityStore.from([withLevel(1), withLevel(1)]).size, 1);
  assert.throws(() => EntityStore.from([withLevel(1), withLevel(2)]), {
    code: "entity_duplicate",
    message: 'duplicate entity entry `G::"a"`',
  });
});

test("removing an entity cuts what its descendants had through it", () => {
  const store = EntityStore.from([entity("a", "b"), entity("b", "c"), entity("c", "d")]);
  assert.equal(store.remove(of("b")), true);
  assert.equal(store.remove(of("b")), false);
  assert.deepEqual(ancestors(store, "a"), ["b"]);
  store.upsert(entity("b", "e"));
  assert.deepEqual(ancestors(store, "a"), ["b", "e"]);
});

const id = fc.constantFrom(...IDS);
/** With parents given twice, and some that never come to be. */
const parentIds = fc.array(fc.constantFrom(...IDS, "ghost"), { maxLength: 4 });
const change = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("upsert" as const), id, parents: parentIds }), weight: 4 },
  fc.record({ kind: fc.constantFrom("remove" as const, "ask" as const), id }),
  fc.record({ kind: fc.constantFrom("addParent" as const, "removeParent" as const), id, parent: id }),
);

/** Ancestors by what the word means: whatever can be reached, found by going on until nothing is added. */
function reach(parents: ReadonlyMap<string, readonly string[]>, from: string): string[] {
  const reached = new Set(parents.get(from));
  for (let size = -1; size !== reached.size; ) {
    size = reached.size;
    for (const each of [...reached]) for (const parent of parents.get(each) ?? []) reached.add(parent);
  }
  return [...reached].sort();
}

test("after any changes the ancestors are those of a closure by brute force, and what was handed out stays", (t) => {
  let closed = 0;
  let refused = 0;
  checkProperty(
    t,
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const store = new EntityStore();
      let model = new Map<string, readonly string[]>();
      const handedOut: { entity: Entity; ancestors: string[] }[] = [];
      const expected = () => IDS.map((each) => (model.has(each) ? reach(model, each) : undefined));
      const attempt = (next: Map<string, readonly string[]>, action: () => boolean, done: boolean) => {
        if ([...next.keys()].some((each) => reach(next, each).includes(each))) {
          assert.throws(action, { code: "entity_cycle" });
          assert.throws(() => EntityStore.from([...next].map(([each, up]) => entity(each, ...up))));
          refused += 1;
          return;
        }
        assert.equal(action(), done);
        model = next;
      };
      for (const { kind, id: own, ...given } of changes) {
        const parents = model.get(own);
        const next = new Map(model);
        if (kind === "ask") {
          const found = store.get(of(own));
          assert.equal(found !== undefined, model.has(own));
          if (found) handedOut.push({ entity: found, ancestors: reach(model, own) });
        } else if (kind === "remove") {
          next.delete(own);
          attempt(next, () => store.remove(of(own)), parents !== undefined);
        } else if ("parents" in given) {
          next.set(own, given.parents);
          const upsert = () => {
            store.upsert(entity(own, ...given.parents));
            return true;
          };
          attempt(next, upsert, true);
        } else if ("parent" in given) {
          const { parent } = given;
          const had = parents?.includes(parent) ?? false;
          const others = parents?.filter((each) => each !== parent) ?? [];
          if (parents) next.set(own, kind === "addParent" ? [...others, parent] : others);
          const done = parents !== undefined && had === (kind === "removeParent");
          const method = kind === "addParent" ? "addParent" : "removeParent";
          attempt(next, () => store[method](of(own), of(parent)), done);
        }
      }
      for (const { entity: old, ancestors: then } of handedOut)
        assert.deepEqual([...old.ancestors()].map((uid) => uid.id).sort(), then);
      assert.deepEqual(picture(store), expected());
      assert.equal(store.size, model.size);
      for (const own of IDS) {
        for (const other of [...IDS, "ghost"]) {
          const isIn = store.get(of(own))?.isIn(of(other));
          assert.equal(isIn, model.has(own) ? reach(model, own).includes(other) : undefined);
        }
      }
      const loaded = EntityStore.from([...model].map(([each, up]) => entity(each, ...up)));
      assert.deepEqual(picture(loaded), expected());
      if (expected().some((ancestorIds) => (ancestorIds?.length ?? 0) > 1)) closed += 1;
    }),
    1500,
  );
  assert.ok(closed > 0 && refused > 0);
});

test("an overlay is as if the store had been built with it, and leaves the store alone", (t) => {
  const graph = fc.array(fc.record({ id: fc.constantFrom(...IDS), parents: fc.subarray(IDS) }), {
    maxLength: 6,
  });
  let overlaid = 0;
  checkProperty(
    t,
    fc.property(graph, graph, (base, extra) => {
      const merged = new Map<string, EntityData>();
      const store = new EntityStore();
      for (const { id, parents } of base) {
        try {
          store.upsert(entity(id, ...parents));
          merged.set(id, entity(id, ...parents));
        } catch {
          // A cycle: left out of both.
        }
      }
      const before = picture(store);
      const added = new Map(extra.map(({ id, parents }) => [id, entity(id, ...parents)]));
      for (const [id, data] of added) merged.set(id, data);
      let expected: EntityStore;
      try {
        expected = EntityStore.from(merged.values());
      } catch {
        assert.throws(() => store.overlay(added.values()), { code: "entity_cycle" });
        return;
      }
      const overlay = store.overlay(added.values());
      assert.deepEqual(picture(overlay), picture(expected));
      assert.deepEqual(picture(overlay), picture(expected), "also when asked again");
      assert.deepEqual(picture(store), before);
      overlaid += 1;
    }),
    2000,
  );
  assert.ok(overlaid > 0);
});

test("what the store packs reads as it was given", (t) => {
  const attribute = fc.tuple(name, value);
  const entities = fc.array(fc.tuple(id, fc.array(attribute, { maxLength: 60 })), { maxLength: 8 });
  checkProperty(
    t,
    fc.property(entities, (given) => {
      const store = new EntityStore();
      const records = new Map<string, CedarRecord>();
      for (const [own, members] of given) {
        const attrs = CedarRecord.of(members);
        store.upsert({ uid: of(own), attrs });
        records.set(own, attrs);
      }
      for (const [own, attrs] of records) {
        const stored = store.get(of(own))?.attrs ?? CedarRecord.EMPTY;
        assert.ok(stored.equals(attrs) && attrs.equals(stored));
        assert.deepEqual([...stored], [...attrs]);
        assert.deepEqual([...stored.keys()], [...attrs.keys()]);
        assert.equal(stored.identity(), attrs.identity());
        assert.equal(stored.size, attrs.size);
        for (const [key, each] of attrs)
          assert.ok(stored.has(key) && valuesEqual(stored.get(key) ?? 0, each));
        assert.equal(stored.get("not there"), undefined);
        assert.equal(stored.has("not there"), false);
      }
    }),
    300,
  );
});

test("ten thousand parents and a chain of ten thousand are closed over", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `g${index}`);
  const wide = EntityStore.from([entity("a", ...many), ...many.map((each) => entity(each, "root"))]);
  assert.equal(ancestors(wide, "a")?.length, 10_001);
  assert.equal(wide.get(of("a"))?.isIn(of("root")), true);
  assert.equal(wide.get(of("a"))?.isIn(EntityUid.of("Other", "g7")), false);
  const deep = EntityStore.from(many.map((each, index) => entity(each, `g${index + 1}`)));
  assert.equal(deep.get(of("g0"))?.isIn(of("g10000")), true);
  assert.throws(() => deep.upsert(entity("g10000", "g5000")), { code: "entity_cycle" });
});
