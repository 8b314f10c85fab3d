import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseSchema } from "@cordon/cedar";
import type { ResolvedSchema, SchemaType } from "@cordon/engine";
import { Document } from "../text/documents.js";
import { SchemaModel } from "./schema-model.js";
import { type LiveAttribute, type LiveType, typeText } from "./types.js";

const schemas: Record<string, string> = {
  "the help desk's": readFileSync(
    new URL("../../../../../examples/helpdesk/schema.cedarschema", import.meta.url),
    "utf8",
  ),
  "every form of a declaration": `
entity A, B in [C] = { "a b": Long, c?: { d: Set<Set<String>> }, } tags Set<Long>;
entity C in C { e: __cedar::String };
entity D enum ["x", "y"];
@doc("of T") type T = Set<{ f: Bool }>;
action p, "q r" in ["s"] appliesTo { principal: A, resource: [B, C], context: U };
action "s" in [Action::"t"];
action "t";
type U = { at: datetime, @doc("of ip") ip?: ipaddr, t: T, };
`,
  "names of several namespaces": `
namespace N::M {
  entity E in [F] { f: F, g: O::G, t: T, h: H }; entity F; type T = { own: F };
  action "do" in [O::Action::"all"] appliesTo { principal: [E, O::G], resource: F, context: T }; }
namespace O { type T = Long; entity G { t: T, n: N::M::T }; action "all"; }
entity H { d: decimal, dur: duration };
`,
};

/** Cedar's reading of a type, as a schema would write it. */
function resolvedText(type: SchemaType): string {
  switch (type.type) {
    case "Set":
      return `Set<${resolvedText(type.element)}>`;
    case "Record":
      return recordText(type.attributes);
    case "Entity":
    case "Extension":
      return type.name;
    case "Boolean":
      return "Bool";
    default:
      return type.type;
  }
}

function recordText(attributes: Record<string, { type: SchemaType; required: boolean }>): string {
  const members = Object.entries(attributes).map(
    ([name, { type, required }]) => `${name}${required ? "" : "?"}: ${resolvedText(type)}`,
  );
  return `{${members.sort().join(", ")}}`;
}

function liveText(attributes: readonly LiveAttribute[]): string {
  const text = (type: LiveType): string => {
    if (type.kind === "set") return `Set<${text(type.element)}>`;
    return type.kind === "record" ? liveText(type.attributes) : typeText(type);
  };
  const members = attributes.map(
    ({ name, type, required }) => `${name}${required ? "" : "?"}: ${text(type)}`,
  );
  return `{${members.sort().join(", ")}}`;
}

function described({ entityTypes, actions }: ResolvedSchema): unknown {
  const uid = ({ type, id }: { type: string; id: string }) => `${type}::${JSON.stringify(id)}`;
  return {
    entities: Object.entries(entityTypes).map(([name, entity]) => [
      name,
      [...entity.memberOfTypes].sort(),
      recordText(entity.attributes),
      entity.tags === undefined ? null : resolvedText(entity.tags),
      entity.enum ?? null,
    ]),
    actions: Object.values(actions).map((action) => [
      uid(action.uid),
      action.memberOf.map(uid),
      [...action.principalTypes].sort(),
      [...action.resourceTypes].sort(),
      recordText(action.context.attributes),
    ]),
  };
}

function read({ entities, actions }: SchemaModel): unknown {
  return {
    entities: [...entities.values()].map(({ name, parents, attributes, tags, declaration }) => [
      name,
      [...parents].sort(),
      liveText(attributes),
      tags === null ? null : typeText(tags),
      declaration.enum?.map(({ id }) => id) ?? null,
    ]),
    actions: [...actions.values()].map(({ uid, memberOf, principals, resources, context }) => [
      uid,
      memberOf,
      [...principals].sort(),
      [...resources].sort(),
      liveText(context),
    ]),
  };
}

const sorted = (value: unknown) =>
  Object.fromEntries(
    Object.entries(value as Record<string, unknown[]>).map(([key, list]) => [
      key,
      list.map((one) => JSON.stringify(one)).sort(),
    ]),
  );

for (const [what, text] of Object.entries(schemas)) {
  test(`a valid schema is read as Cedar reads it: ${what}`, () => {
    const parsed = parseSchema(text, "schema.cedarschema");
    assert.ok(parsed.ok, parsed.ok ? "" : JSON.stringify(parsed.diagnostics));
    const model = new SchemaModel(new Document("schema.cedarschema", text));
    assert.deepEqual(sorted(read(model)), sorted(described(parsed.schema)));
  });
}

test("comments and @doc are kept with what they are about", () => {
  const text = `/// Of the\n/// entity.\nentity A {\n  // Of the attribute.\n  a: Long, b: Long };\n\n// Of nothing.\n\n@doc("Of the type.")\ntype T = Long;\n`;
  const model = new SchemaModel(new Document("schema.cedarschema", text));
  assert.equal(model.entities.get("A")?.declaration.doc, "Of the\nentity.");
  assert.deepEqual(
    model.entities.get("A")?.attributes.map(({ doc }) => doc),
    ["Of the attribute.", null],
  );
  assert.equal(model.commonTypes.get("T")?.doc, "Of the type.");
});

test("of a broken schema whatever can be made out is there", () => {
  const text = `entity A { a: , b: Long\nentity B { c: Str };\naction x appliesTo { principal: [A, , resource: B };\nentity C {`;
  const model = new SchemaModel(new Document("schema.cedarschema", text));
  assert.ok(model.entities.has("A") && model.entities.has("C"));
  assert.ok(model.actions.has('Action::"x"'));
});
