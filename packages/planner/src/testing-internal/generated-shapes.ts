import type { SchemaType } from "@cordon/engine";
import fc from "fast-check";
import type { Attribute, Place, Shape } from "./shape.js";

/** Two of them share their last part, and nothing else. */
const TYPES = ["User", "Group", "Folder", "Team", "Org::Team", "Org::Deep::User"];

/** Plain ones, and those that somebody might take for something else. */
const NAMES = [
  "title",
  "size",
  "owner",
  "kind",
  "at",
  "labels",
  "price",
  "addr",
  "open",
  "x y",
  "select",
  "it's",
  'a"b',
  "a`b",
  "a.b",
  "a[0]",
  "$1",
  ":ids",
  "--",
  "/*",
  "%s",
  "\\",
  "NULL",
  "é",
  "constructor",
  "__proto__",
  "hasOwnProperty",
  "length",
];

const EXTENSIONS = ["datetime", "duration", "decimal", "ipaddr"] as const;

/**
 * Schemas of a few entity types with any attributes, optional or not, references, sets, records in records, tags,
 * hierarchies with cycles among their types, several types of principals, and types that are in no table.
 */
export function generatedShapes(): fc.Arbitrary<Shape> {
  return fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 2, maxLength: 4 }).chain((others) => {
    const types = [...others, "Doc"];
    const each = <T>(arbitraryOf: (type: string) => fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
      fc
        .tuple(...types.map(arbitraryOf))
        .map((made) => Object.fromEntries(types.map((type, i) => [type, made[i] as T])));
    return fc
      .record({
        entityTypes: each((type) => entityType(type, types)),
        rows: each((type) => (type === "Doc" ? fc.constant(8) : fc.integer({ min: 2, max: 4 }))),
        places: allOrSome(each((type) => (type === "Doc" ? fc.constant<Place>("table") : place()))),
        principals: fc.subarray(others, { minLength: 1 }),
      })
      .map(({ entityTypes, principals, ...rest }) => ({
        ...rest,
        principals,
        isGenerated: true,
        schema: {
          entityTypes,
          actions: {
            'Action::"read"': {
              uid: { type: "Action", id: "read" },
              memberOf: [],
              principalTypes: principals,
              resourceTypes: ["Doc"],
              context: { type: "Record", attributes: {} },
            },
          },
        },
      }));
  });
}

/** Half of the shapes have everything in tables. */
function allOrSome(some: fc.Arbitrary<Record<string, Place>>): fc.Arbitrary<Record<string, Place>> {
  return fc
    .tuple(fc.boolean(), some)
    .map(([all, places]) =>
      all ? Object.fromEntries(Object.keys(places).map((type) => [type, "table" as const])) : places,
    );
}

function place(): fc.Arbitrary<Place> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<Place>("table") },
    { weight: 2, arbitrary: fc.constant<Place>("files") },
    { weight: 1, arbitrary: fc.constant<Place>("elsewhere") },
  );
}

function entityType(type: string, types: readonly string[]) {
  const [minLength, maxLength] = type === "Doc" ? [8, 14] : [0, 4];
  return fc
    .record({
      attributes: attributes(attributeType(types), minLength, maxLength),
      memberOfTypes: fc.subarray([...types], { maxLength: 2 }),
      tags: fc.option(tagType(), { nil: undefined, freq: 2 }),
    })
    .map(({ tags, ...rest }) => (tags === undefined ? rest : { ...rest, tags }));
}

/** Names of columns differ by more than case. */
function attributes(
  type: fc.Arbitrary<SchemaType>,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<Record<string, Attribute>> {
  const name = fc.constantFrom(...NAMES);
  return fc
    .uniqueArray(fc.record({ name, type, required: fc.boolean() }), {
      selector: ({ name: its }) => its,
      minLength,
      maxLength,
    })
    .map((made) =>
      Object.fromEntries(made.map(({ name: its, type: of, required }) => [its, { type: of, required }])),
    );
}

function attributeType(types: readonly string[]): fc.Arbitrary<SchemaType> {
  const scalar = scalarType(types);
  const element = fc.oneof(
    { weight: 3, arbitrary: fc.constant<SchemaType>({ type: "String" }) },
    { weight: 2, arbitrary: fc.constant<SchemaType>({ type: "Long" }) },
    { weight: 1, arbitrary: fc.constant<SchemaType>({ type: "Boolean" }) },
    { weight: 3, arbitrary: reference(types) },
  );
  const set = setOf(element);
  const inner = recordOf(fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: set }));
  const record = recordOf(
    fc.oneof(
      { weight: 5, arbitrary: scalar },
      { weight: 1, arbitrary: set },
      { weight: 1, arbitrary: inner },
    ),
  );
  return fc.oneof(
    { weight: 24, arbitrary: scalar },
    { weight: 8, arbitrary: set },
    { weight: 5, arbitrary: record },
    // No database can be asked for these.
    { weight: 1, arbitrary: setOf(fc.oneof(extension(), set, inner)) },
  );
}

function scalarType(types: readonly string[]): fc.Arbitrary<SchemaType> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<SchemaType>({ type: "String" }) },
    { weight: 3, arbitrary: fc.constant<SchemaType>({ type: "Long" }) },
    { weight: 2, arbitrary: fc.constant<SchemaType>({ type: "Boolean" }) },
    { weight: 5, arbitrary: reference(types) },
    { weight: 4, arbitrary: extension() },
  );
}

function reference(types: readonly string[]): fc.Arbitrary<SchemaType> {
  return fc.constantFrom(...types).map((name) => ({ type: "Entity", name }) as const);
}

function extension(): fc.Arbitrary<SchemaType> {
  return fc.constantFrom(...EXTENSIONS).map((name) => ({ type: "Extension", name }) as const);
}

function setOf(element: fc.Arbitrary<SchemaType>): fc.Arbitrary<SchemaType> {
  return element.map((of) => ({ type: "Set", element: of }) as const);
}

function recordOf(member: fc.Arbitrary<SchemaType>): fc.Arbitrary<SchemaType> {
  return attributes(member, 1, 4).map((members) => ({ type: "Record", attributes: members }) as const);
}

function tagType(): fc.Arbitrary<SchemaType> {
  return fc.constantFrom<SchemaType>(
    { type: "String" },
    { type: "Long" },
    { type: "Extension", name: "datetime" },
  );
}
