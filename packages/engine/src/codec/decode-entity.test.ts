import assert from "node:assert/strict";
import { test } from "node:test";
import {
  actionEntities,
  decodeEntity,
  EntityStore,
  EntityUid,
  encodeEntity,
  type ResolvedSchema,
} from "../index.js";

const schema: ResolvedSchema = {
  entityTypes: {
    User: {
      memberOfTypes: ["Team"],
      attributes: {
        level: { type: { type: "Long" }, required: true },
        limit: { type: { type: "Extension", name: "decimal" }, required: false },
        boss: { type: { type: "Entity", name: "User" }, required: false },
      },
      tags: { type: "String" },
    },
    Team: { memberOfTypes: [], attributes: {} },
    Colour: { memberOfTypes: [], attributes: {}, enum: ["red", "blue"] },
  },
  actions: {
    'Action::"read"': {
      uid: { type: "Action", id: "read" },
      memberOf: [{ type: "Action", id: "all" }],
      principalTypes: ["User"],
      resourceTypes: ["Team"],
      context: { type: "Record", attributes: {} },
    },
    'Action::"all"': {
      uid: { type: "Action", id: "all" },
      memberOf: [],
      principalTypes: [],
      resourceTypes: [],
      context: { type: "Record", attributes: {} },
    },
  },
};

const ann = { type: "User", id: "ann" };
const team = { type: "Team", id: "t" };

test("an entity is read by the schema and written explicitly", () => {
  const data = decodeEntity(
    {
      uid: { __entity: ann },
      attrs: { level: 1, limit: "1.50", boss: { type: "User", id: "bob" } },
      parents: [team],
      tags: { k: "v" },
    },
    schema,
  );
  const entity = EntityStore.from([data]).get(EntityUid.of("User", "ann"));
  assert.ok(entity);
  assert.deepEqual(encodeEntity(entity), {
    uid: ann,
    attrs: {
      boss: { __entity: { type: "User", id: "bob" } },
      level: 1,
      limit: { __extn: { fn: "decimal", arg: "1.5" } },
    },
    parents: [team],
    tags: { k: "v" },
  });
});

test("an entity that does not conform is refused, with the pointer to it", () => {
  const user = (parts: object) => ({ uid: ann, attrs: { level: 1 }, parents: [], ...parts });
  const cases: [unknown, string, string][] = [
    [null, "", "expected an object"],
    [{}, "/uid", "expected a literal entity reference, but got nothing"],
    [{ uid: ann }, "/attrs", 'expected entity `User::"ann"` to have attribute `level`, but it does not'],
    [
      user({ attrs: { level: "x" } }),
      "/attrs/level",
      'type mismatch: value was expected to have type long, but it actually has type string: `"x"`',
    ],
    [
      user({ attrs: { level: 1, x: 1 } }),
      "/attrs/x",
      'attribute `x` on `User::"ann"` should not exist according to the schema',
    ],
    [
      user({ attrs: { level: 1, toString: 1 } }),
      "/attrs/toString",
      'attribute `toString` on `User::"ann"` should not exist according to the schema',
    ],
    [
      user({ tags: { k: 1 } }),
      "/tags/k",
      "type mismatch: value was expected to have type string, but it actually has type long: `1`",
    ],
    [
      user({ parents: [team, ann] }),
      "/parents/1",
      '`User::"ann"` is not allowed to have an ancestor of type `User` according to the schema',
    ],
    [user({ parents: {} }), "/parents", "expected an array of parents"],
    [
      { uid: team, tags: { k: "v" } },
      "/tags/k",
      'found a tag `k` on `Team::"t"`, but no tags should exist on `Team::"t"` according to the schema',
    ],
    [
      { uid: { type: "Nope", id: "x" } },
      "/uid",
      'entity `Nope::"x"` has type `Nope` which is not declared in the schema',
    ],
    [
      { uid: { type: "Colour", id: "green" } },
      "/uid",
      'entity `Colour::"green"` is of an enumerated entity type, but `"green"` is not declared as a valid eid',
    ],
    [
      { uid: { type: "Action", id: "nope" } },
      "",
      'found action entity `Action::"nope"`, but it was not declared as an action in the schema',
    ],
    [
      { uid: { type: "Action", id: "read" } },
      "",
      'definition of action `Action::"read"` does not match its schema declaration',
    ],
  ];
  for (const [json, path, message] of cases) {
    assert.throws(() => decodeEntity(json, schema), { name: "EngineError", path, message });
  }
});

test("without a schema anything well-formed goes", () => {
  const data = decodeEntity({ uid: { type: "Nope", id: "x" }, attrs: { a: "1.5" } }, null, "/entities/3");
  assert.equal(EntityStore.from([data]).size, 1);
  assert.throws(() => decodeEntity({ uid: ann, attrs: { a: null } }, null, "/entities/3"), {
    path: "/entities/3/attrs/a",
  });
});

test("the schema's actions come with their hierarchy", () => {
  const store = EntityStore.from(actionEntities(schema));
  assert.equal(store.get(EntityUid.of("Action", "read"))?.isIn(EntityUid.of("Action", "all")), true);
  assert.equal(store.size, 2);
});
