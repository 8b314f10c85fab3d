import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@cordon/engine/json";
import fc from "fast-check";
import { AuthzenError, type Batch, decodeBatch, decodeEvaluation, wirePointer } from "./index.js";

const ANN = { type: "User", id: "ann" };
const READ = { name: "read" };
const DOC = { type: "Doc", id: "1" };

function batch(body: JsonValue): Batch {
  const decoded = decodeBatch(body, 100);
  assert.ok(decoded);
  return decoded;
}

test("an item replaces a default as a whole: properties are never mixed", () => {
  const properties = { a: 1 };
  const { items } = batch({
    subject: { ...ANN, properties },
    action: { ...READ, properties },
    resource: { ...DOC, properties },
    context: { place: "here", time: "now" },
    evaluations: [
      {},
      {
        subject: { id: "bob" },
        action: {},
        resource: { id: "2", properties: { b: 2 } },
        context: { place: "there" },
      },
    ],
  });
  assert.deepEqual(items[0], {
    principal: { ...ANN, properties },
    action: { ...READ, properties },
    resource: { ...DOC, properties },
    context: { place: "here", time: "now" },
  });
  assert.deepEqual(items[1], {
    principal: { type: "User", id: "bob" },
    action: READ,
    resource: { type: "Doc", id: "2", properties: { b: 2 } },
    context: { place: "there" },
  });
});

test("credentials are parted from the context, and an item without any has those of the batch", () => {
  const decoded = batch({
    subject: ANN,
    action: READ,
    resource: DOC,
    context: { place: "here", credentials: { token: "t", forwarded_for: "192.0.2.1", unknown: 7 } },
    evaluations: [
      {},
      { context: { place: "there" } },
      { context: { credentials: { ip: "::1" } } },
      { context: { credentials: { device_id: 7 } } },
      { context: { credentials: null } },
    ],
  });
  const credentials = { token: "t", forwardedFor: "192.0.2.1" };
  const told = decoded.items.map((item) =>
    item instanceof AuthzenError ? item.pointer : { ...item.context, ...{ credentials: item.credentials } },
  );
  assert.deepEqual(told, [
    { place: "here", credentials },
    { place: "there", credentials },
    { credentials: { ip: "::1" } },
    "/evaluations/3/context/credentials/device_id",
    "/evaluations/4/context/credentials",
  ]);
  assert.equal(wirePointer("/credentials/token"), "/context/credentials/token");
  assert.equal(decoded.pointer(0, "/credentials/token"), "/context/credentials/token");
});

test("a null in an item is an error of the item, never a way to the default", () => {
  const { items } = batch({
    subject: ANN,
    action: READ,
    resource: DOC,
    evaluations: [
      { subject: null },
      { subject: { type: null, id: "bob" } },
      { context: null },
      { action: { name: null } },
    ],
  });
  const pointers = items.map((item) => (item instanceof AuthzenError ? item.pointer : "none"));
  assert.deepEqual(pointers, [
    "/evaluations/0/subject",
    "/evaluations/1/subject/type",
    "/evaluations/2/context",
    "/evaluations/3/action/name",
  ]);
});

test("a pointer into a request leads to where the member stands in the body", () => {
  const { pointer } = batch({
    subject: ANN,
    action: READ,
    resource: { type: "Doc" },
    context: {},
    evaluations: [{}, { subject: { id: "bob" }, resource: { id: "2" }, context: {} }],
  });
  const cases: [index: number, path: string, wire: string][] = [
    [0, "/principal/properties/role", "/subject/properties/role"],
    [0, "/context/ip", "/context/ip"],
    [1, "/principal/properties/role", "/evaluations/1/subject/properties/role"],
    [1, "/principal/type", "/subject/type"],
    [1, "/principal/id", "/evaluations/1/subject/id"],
    [1, "/resource/type", "/resource/type"],
    [1, "/context/ip", "/evaluations/1/context/ip"],
    [1, "/action", "/action"],
  ];
  for (const [index, path, wire] of cases) assert.equal(pointer(index, path), wire);
});

test("a failure without a pointer is the whole item's", () => {
  const { pointer } = batch({ subject: ANN, action: READ, resource: DOC, evaluations: [{}, {}] });
  assert.equal(pointer(1, ""), "/evaluations/1");
});

test("the principal is the subject on the wire, and only there", () => {
  assert.equal(wirePointer("/principal"), "/subject");
  assert.equal(wirePointer("/principal/properties/principal"), "/subject/properties/principal");
  assert.equal(wirePointer("/resource/properties/principal"), "/resource/properties/principal");
  assert.equal(wirePointer(""), "");
});

test("a batch of one without defaults reads as the evaluation that it holds", () => {
  const part = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom<JsonValue>(
      null,
      "x",
      1,
      [],
      {},
      ANN,
      READ,
      { ...ANN, properties: { a: 1 } },
      { ...READ, properties: [] },
    ),
  );
  const body = fc.record({ subject: part, action: part, resource: part, context: part });
  const seed = process.env.CORDON_SEED === undefined ? {} : { seed: Number(process.env.CORDON_SEED) };
  fc.assert(
    fc.property(body, (parts) => {
      const request = Object.fromEntries(
        Object.entries(parts).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
      );
      const [item] = batch({ evaluations: [request] }).items;
      const single = attempt(() => decodeEvaluation(request));
      if (!(single instanceof AuthzenError)) {
        assert.deepEqual(item, single);
        return;
      }
      assert.ok(item instanceof AuthzenError);
      assert.equal(item.pointer, `/evaluations/0${single.pointer}`);
      assert.equal(item.message, single.message);
    }),
    seed,
  );
});

function attempt<T>(action: () => T): T | AuthzenError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AuthzenError) return error;
    throw error;
  }
}
