import assert from "node:assert/strict";
import { test } from "node:test";
import { Datetime, EntityUid, encodeValue } from "@cordon/engine";
import { type SourceUnderTest, sourceContract } from "../../testing/index.js";
import { SourceError } from "../source-error.js";
import { type CustomEntity, custom } from "./custom.js";

sourceContract("custom", async (): Promise<SourceUnderTest> => {
  const all = new Map<string, Map<string, CustomEntity>>([
    ["User", new Map()],
    ["Group", new Map()],
  ]);
  let frozen: Promise<void> | undefined;
  let dead = false;
  const listeners = new Set<(id: string) => void>();
  const source = custom({
    name: "directory",
    types: {
      User: { attributes: ["name", "level", "email", "boss", "joined"], parents: ["Group"] },
      Group: { parents: ["Group"] },
    },
    async fetch({ type, ids }) {
      await frozen;
      if (dead) throw new Error("password=hunter2");
      return new Map(ids.map((id) => [id, all.get(type)?.get(id)]));
    },
    async watch(changed) {
      const listener = (id: string) => changed({ type: "User", id });
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    },
  });
  const groups = (ids: readonly string[]) => ids.map((id) => ({ type: "Group", id }));
  return {
    source,
    putUser: async (id, { name, level, email, boss, joined, groups: in_ = [] }) => {
      all.get("User")?.set(id, {
        attrs: {
          name,
          level,
          email,
          boss: typeof boss === "string" ? EntityUid.of("User", boss) : boss,
          joined: typeof joined === "string" ? new Date(joined) : null,
        },
        parents: groups(in_),
      });
      for (const listener of listeners) listener(id);
    },
    putGroup: async (id, parents = []) => void all.get("Group")?.set(id, { parents: groups(parents) }),
    removeUser: async (id) => {
      all.get("User")?.delete(id);
      for (const listener of listeners) listener(id);
    },
    spoilLevel: async (id) => {
      all.get("User")?.set(id, { attrs: { name: "n", level: 1.5 } });
    },
    freeze: async () => {
      let thaw = () => {};
      frozen = new Promise((resolve) => {
        thaw = resolve;
      });
      return async () => thaw();
    },
    kill: async () => {
      dead = true;
      return async () => {
        dead = false;
      };
    },
    dispose: () => source.close(),
  };
});

test("what a function gives becomes values of Cedar", async () => {
  const source = custom({
    name: "f",
    types: { User: { attributes: ["list", "set", "record", "at", "ip", "big"], tags: true } },
    fetch: () => ({
      ann: {
        attrs: {
          list: ["a", "a", "b"],
          set: new Set([1n]),
          record: { nested: { deep: true }, nothing: null, __proto__: null },
          at: new Datetime(0),
          ip: { __extn: { fn: "ip", arg: "10.0.0.1" } },
          big: 2n ** 60n,
          nothing: undefined,
        },
        tags: { color: "red" },
        parents: ['Group::"g"'],
      },
    }),
  });
  const found = await source.fetch(
    { type: "User", ids: ["ann", "toString"], attributes: new Set(), parents: true, tags: true },
    AbortSignal.timeout(1_000),
  );
  assert.deepEqual([...found.keys()], ["ann"]);
  const ann = found.get("ann");
  assert.ok(ann !== undefined && !(ann instanceof SourceError));
  const attrs = Object.fromEntries([...ann.attrs].map(([name, value]) => [name, encodeValue(value)]));
  assert.deepEqual(attrs, {
    list: ["a", "b"],
    set: [1],
    record: { nested: { deep: true } },
    at: { __extn: { fn: "datetime", arg: "1970-01-01" } },
    ip: { __extn: { fn: "ip", arg: "10.0.0.1" } },
    big: 2n ** 60n,
  });
  assert.deepEqual(ann.parents.map(String), ['Group::"g"']);
});

test("the words of what a function throws are kept to itself", async () => {
  const source = custom({
    name: "f",
    types: { User: {} },
    fetch: () => Promise.reject(new TypeError("postgres://me:hunter2@db")),
  });
  await assert.rejects(
    source.fetch(
      { type: "User", ids: ["a"], attributes: new Set(), parents: false, tags: false },
      AbortSignal.timeout(1_000),
    ),
    { code: "source_failed", message: "it threw `TypeError`", help: "see what the function does" },
  );
});
