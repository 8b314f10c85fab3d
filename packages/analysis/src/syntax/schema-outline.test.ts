import assert from "node:assert/strict";
import { test } from "node:test";
import { outlineSchema } from "./index.js";

test("declarations are found with their namespaces and first attributes", () => {
  const text = `
type Shift = { start: Long };
entity User, Robot in [Team] = { @doc("a: b;") name: String, "odd name"?: { inner: Long }, many: Set<Long> } tags Long;
entity Colour enum ["red", "green"];
namespace A::B {
  @doc("action entity {")
  entity Thing { size?: Long, };
  action read, "write it" in ["all"] appliesTo { principal: [User], resource: [Thing], context: { x: Long } };
}
entity Team;
`;
  const found = outlineSchema(text).map(({ kind, name, namespace, nameSpan, attributes }) => {
    assert.equal(text.slice(nameSpan.start, nameSpan.end).replaceAll('"', ""), name.split("::").at(-1));
    for (const { name, span } of attributes)
      assert.equal(text.slice(span.start, span.end).replaceAll('"', ""), name);
    return [kind, name, namespace, ...attributes.map(({ name }) => name)].join(" ").trimEnd();
  });
  assert.deepEqual(found, [
    "type Shift",
    "entity User  name odd name many",
    "entity Robot  name odd name many",
    "entity Colour",
    "entity A::B::Thing A::B size",
    "action read A::B",
    "action write it A::B",
    "entity Team",
  ]);
});

test("of a broken schema, what can be made out", () => {
  assert.deepEqual(outlineSchema("entity").length, 0);
  assert.deepEqual(
    outlineSchema("entity User = {").map(({ name }) => name),
    ["User"],
  );
  assert.deepEqual(outlineSchema("namespace").length, 0);
});
