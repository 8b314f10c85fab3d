import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EngineError, type Entities, type EntityData, EntityStore, EntityUid, type Value } from "../index.js";
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

const change = fc.oneof(
  fc.record({ kind: fc.constant("upsert" as const), id: fc.constantFrom(...IDS), parents: fc.subarray(IDS) }),
  fc.record({
    kind: fc.constant("remove" as const),
    id: fc.constantFrom(...IDS),
    parents: fc.constant<string[]>([]),
  }),
);

test("after any changes the store is as if built from what remains", (t) => {
  checkProperty(
    t,
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const store = new EntityStore();
      const remaining = new Map<string, EntityData>();
      for (const { kind, id, parents } of changes) {
        if (kind === "remove") {
          assert.equal(store.remove(of(id)), remaining.delete(id));
          continue;
        }
        try {
          store.upsert(entity(id, ...parents));
          remaining.set(id, entity(id, ...parents));
        } catch (error) {
          assert.ok(error instanceof EngineError && error.code === "entity_cycle");
          assert.throws(() => EntityStore.from(new Map(remaining).set(id, entity(id, ...parents)).values()));
        }
        assert.deepEqual(picture(store), picture(EntityStore.from(remaining.values())));
      }
      assert.equal(store.size, remaining.size);
    }),
  );
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
