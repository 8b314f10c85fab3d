import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "@cordon/engine/json";
import fc from "fast-check";
import { sampleRecord } from "../testing/index.js";
import { columnsOf, decodeBody, encodeBody } from "./body.js";
import type { DecisionRecordInput } from "./record.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.CORDON_RUNS ?? 500);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "\u0000", "\ud800", "1"),
);
const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4, noNullPrototype: false }),
  ),
})).value;
const object = fc.dictionary(text, json, { maxKeys: 5 }) as fc.Arbitrary<JsonObject>;
const uid = fc.record({ type: text, id: text });
const record: fc.Arbitrary<DecisionRecordInput> = fc
  .record({ principal: uid, action: uid, resource: uid, context: object, attrs: object, caller: text })
  .map(({ principal, action, resource, context, attrs, caller }) => ({
    ...sampleRecord(1),
    caller,
    request: { principal, action, resource, context, added: [] },
    entities: [{ uid: resource, attrs, ancestors: [principal], from: {} }],
  }));

describe("the bytes of a record", () => {
  it(`are the same after reading and writing again (seed ${seed})`, () => {
    fc.assert(
      fc.property(record, (input) => {
        const body = encodeBody(input);
        const decoded = decodeBody(body);
        assert.equal(encodeBody(decoded), body);
        assert.deepEqual(columnsOf(decoded), columnsOf(input));
        assert.equal(Buffer.from(body).toString(), body, "survives UTF-8");
      }),
      { seed, numRuns },
    );
  });

  it("do not depend on the order in which members were given", () => {
    const input = sampleRecord(1);
    const reversed = Object.fromEntries(Object.entries(input).reverse()) as unknown as DecisionRecordInput;
    assert.equal(encodeBody(reversed), encodeBody(input));
  });

  it("that are no record are refused", () => {
    for (const body of ["", "x", "{}", "null", '{"request":{}}']) {
      assert.throws(() => decodeBody(body), { code: "store_corrupt" }, body);
    }
  });
});
