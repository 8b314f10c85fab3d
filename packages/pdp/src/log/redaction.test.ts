import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sampleRecord } from "../testing/index.js";
import type { DecisionRecordInput } from "./record.js";
import type { RedactionRule } from "./redaction.js";
import { Redactor } from "./redaction.js";

const KEY = Buffer.alloc(32, 7);
const EMAIL = "grace@example.com";

function withCustomer(): DecisionRecordInput {
  const customer = { type: "Customer", id: "acme" };
  const base = sampleRecord(1);
  return {
    ...base,
    request: {
      ...base.request,
      resource: customer,
      context: { ip: { __extn: { fn: "ip", arg: "203.0.113.9" } }, action: { amount: 4_711 }, note: "kept" },
      properties: { resource: { email: EMAIL, plan: "gold" }, action: { amount: 4_711 } },
    },
    entities: [
      {
        uid: customer,
        attrs: {
          email: EMAIL,
          plan: "gold",
          age: 7n,
          address: { city: "Zürich", zip: "8001" },
          contacts: [{ phone: "+41 79" }, { phone: "+41 78" }],
        },
        tags: { email: EMAIL },
        ancestors: [],
        from: { email: "caller" },
      },
      { uid: { type: "User", id: "u" }, attrs: { email: EMAIL }, ancestors: [], from: {} },
    ],
    errors: [{ policyId: "p", message: `error: "${EMAIL}" is no number, nor is ip("203.0.113.9") 7 17` }],
  };
}

function redact(...rules: RedactionRule[]): DecisionRecordInput {
  return new Redactor(rules, KEY).apply(withCustomer());
}

describe("redaction", () => {
  it("leaves a record alone that no rule touches, and marks none", () => {
    const record = withCustomer();
    const rules: RedactionRule[] = [{ attribute: "Invoice.iban", how: "omit" }];
    assert.equal(new Redactor(rules, KEY).apply(record), record);
    assert.equal(new Redactor([], KEY).apply(record), record);
  });

  it("takes a value from attributes, tags, properties and messages, and of that type only", () => {
    const record = redact({ attribute: "Customer.email", how: "omit" });
    const [customer, user] = record.entities;
    assert.deepEqual(customer?.attrs.email, { __redacted: "omit" });
    assert.deepEqual(customer?.tags?.email, { __redacted: "omit" });
    const sent = record.request.properties?.resource;
    assert.deepEqual({ ...sent }, { email: { __redacted: "omit" }, plan: "gold" });
    assert.match(record.errors[0]?.message ?? "", /error: "\[redacted\]" is no number/);
    assert.equal(user?.attrs.email, EMAIL);
    assert.equal(record.replayable, false);
  });

  it("hashes with the key: equal values alike, other keys and attributes differently", () => {
    const rules: RedactionRule[] = [{ attribute: "Customer.email", how: "hash" }];
    const hash = (record: DecisionRecordInput) => JSON.stringify(record.entities[0]?.attrs.email);
    const once = hash(redact(...rules));
    assert.match(once, /^\{"__redacted":"hash:[0-9a-f]{64}"\}$/);
    assert.equal(once, hash(redact(...rules)));
    assert.notEqual(once, hash(new Redactor(rules, Buffer.alloc(32, 8)).apply(withCustomer())));
  });

  it("reaches into records, sets of records, and context", () => {
    const record = redact(
      { attribute: "Customer.address.city", how: "omit" },
      { attribute: "Customer.contacts.phone", how: "omit" },
      { attribute: 'Customer["age"]', how: "omit" },
      { attribute: "context.ip", how: "omit" },
      { attribute: "context.action.amount", how: "omit" },
    );
    const gone = { __redacted: "omit" };
    const attrs = JSON.parse(JSON.stringify(record.entities[0]?.attrs));
    assert.deepEqual(attrs.address, { city: gone, zip: "8001" });
    assert.deepEqual(attrs.contacts, [{ phone: gone }, { phone: gone }]);
    const context = JSON.parse(JSON.stringify(record.request.context));
    assert.deepEqual(context, { ip: gone, action: { amount: gone }, note: "kept" });
    assert.equal(JSON.stringify(record.request.properties).includes("4711"), false);
    assert.match(record.errors[0]?.message ?? "", /ip\("\[redacted\]"\) \[redacted\] 17$/);
  });

  it("never changes the record it was given", () => {
    const before = withCustomer();
    const given = withCustomer();
    new Redactor([{ attribute: "Customer.email", how: "omit" }], KEY).apply(given);
    assert.deepEqual(given, before);
  });

  it("refuses rules that name no attribute, and says how to write one", () => {
    for (const attribute of [
      "",
      "Customer",
      "Customer.",
      ".email",
      "context",
      "Customer.a b",
      'Customer["x"',
      "C.a..b",
    ]) {
      assert.throws(
        () => new Redactor([{ attribute, how: "omit" }], KEY),
        { code: "redaction_invalid" },
        attribute,
      );
    }
    const how = "rot13" as "hash";
    assert.throws(() => new Redactor([{ attribute: "A.b", how }], KEY), { code: "redaction_invalid" });
  });
});
