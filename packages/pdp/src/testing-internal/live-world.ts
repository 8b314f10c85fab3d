import {
  type Bundle,
  CedarRecord,
  type EntityData,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type Value,
} from "@cordon/engine";
import fc from "fast-check";
import { LiveSource, SourceSet } from "../sources/index.js";
import { MemorySource, type MemoryType } from "./memory-source.js";

/** Types, their attributes, and the types of their parents. */
const TYPES = { User: ["a", "b", "ref"], Doc: ["a", "b", "ref"], Group: ["a"] } as const;
type TypeName = keyof typeof TYPES;
const TYPE_NAMES = Object.keys(TYPES) as TypeName[];
const IDS = ["0", "1", "2"];

export interface WorldEntity {
  readonly uid: EntityUid;
  readonly attrs: ReadonlyMap<string, Value>;
  readonly tags: ReadonlyMap<string, Value>;
  readonly parents: readonly EntityUid[];
}

/** Who owns what: a number names a source, `null` the project's files. */
export interface Split {
  readonly attributes: Readonly<Record<string, number | null>>;
  readonly parents: Readonly<Record<string, number | null>>;
  readonly tags: Readonly<Record<string, number | null>>;
}

export interface World {
  readonly entities: readonly WorldEntity[];
  readonly split: Split;
  readonly policies: readonly PolicyJson[];
}

const uid = fc
  .tuple(fc.constantFrom(...TYPE_NAMES), fc.constantFrom(...IDS))
  .map(([type, id]) => EntityUid.of(type, id));
const groupUid = fc.constantFrom(...IDS).map((id) => EntityUid.of("Group", id));

/** Mostly of the type that policies expect, so that conditions come to something. */
const valueFor: Record<string, fc.Arbitrary<Value>> = {
  a: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 1, arbitrary: fc.string({ maxLength: 2 }) },
  ),
  b: fc.oneof({ weight: 8, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.constant(7) }),
  ref: fc.oneof({ weight: 8, arbitrary: uid }, { weight: 1, arbitrary: fc.boolean() }),
};

function entity(type: TypeName, id: string): fc.Arbitrary<WorldEntity> {
  const attrs = fc.record(
    Object.fromEntries(TYPES[type].map((name) => [name, valueFor[name] as fc.Arbitrary<Value>])),
    { requiredKeys: [] },
  );
  // Groups have only parents of higher number, so that nothing is its own ancestor.
  const above = type === "Group" ? IDS.filter((other) => other > id) : IDS;
  const parents = fc.subarray(above, { maxLength: Math.min(2, above.length) });
  const tags = fc.dictionary(fc.constantFrom("t", "u"), fc.boolean(), { maxKeys: 2 });
  return fc.tuple(attrs, parents, tags).map(([given, groups, tag]) => ({
    uid: EntityUid.of(type, id),
    attrs: new Map(Object.entries(given as Record<string, Value>)),
    tags: new Map(Object.entries(tag)),
    parents: groups.map((group) => EntityUid.of("Group", group)),
  }));
}

const entities = fc
  .tuple(...TYPE_NAMES.flatMap((type) => IDS.map((id) => fc.option(entity(type, id), { freq: 8 }))))
  .map((all) => all.filter((one) => one !== null));

const owner = fc.constantFrom(0, 1, 2, null);
const split: fc.Arbitrary<Split> = fc.record({
  attributes: fc.record(
    Object.fromEntries(TYPE_NAMES.flatMap((type) => TYPES[type].map((name) => [`${type}.${name}`, owner]))),
  ),
  parents: fc.record(Object.fromEntries(TYPE_NAMES.map((type) => [type, owner]))),
  tags: fc.record(Object.fromEntries(TYPE_NAMES.map((type) => [type, owner]))),
});

const literalUid = (of: EntityUid): ExprJson => ({ Value: { __entity: { type: of.type, id: of.id } } });

const { subject } = fc.letrec<{ subject: ExprJson }>((tie) => ({
  subject: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<ExprJson>({ Var: "principal" }, { Var: "resource" }),
    tie("subject").map((left): ExprJson => ({ ".": { left, attr: "ref" } })),
  ),
}));

const { condition } = fc.letrec<{ condition: ExprJson }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    subject.map((left): ExprJson => ({ ".": { left, attr: "b" } })),
    fc
      .tuple(subject, fc.integer({ min: 0, max: 2 }))
      .map(
        ([left, than]): ExprJson => ({ "<": { left: { ".": { left, attr: "a" } }, right: { Value: than } } }),
      ),
    fc
      .tuple(subject, fc.constantFrom("a", "b", "ref"))
      .map(([left, attr]): ExprJson => ({ has: { left, attr } })),
    fc
      .tuple(subject, groupUid)
      .map(([left, group]): ExprJson => ({ in: { left, right: literalUid(group) } })),
    fc.tuple(subject, subject).map(([left, right]): ExprJson => ({ in: { left, right } })),
    fc.tuple(subject, subject).map(([left, right]): ExprJson => ({ "==": { left, right } })),
    fc
      .tuple(subject, fc.constantFrom("t", "u"))
      .map(([left, tag]): ExprJson => ({ hasTag: { left, right: { Value: tag } } }) as unknown as ExprJson),
    fc
      .tuple(subject, fc.constantFrom("t", "u"))
      .map(([left, tag]): ExprJson => ({ getTag: { left, right: { Value: tag } } }) as unknown as ExprJson),
    fc
      .tuple(tie("condition"), tie("condition"))
      .map(([left, right]): ExprJson => ({ "&&": { left, right } })),
    fc
      .tuple(tie("condition"), tie("condition"))
      .map(([left, right]): ExprJson => ({ "||": { left, right } })),
    tie("condition").map((arg): ExprJson => ({ "!": { arg } })),
  ),
}));

const scope = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ op: "All" as const }) },
  {
    weight: 2,
    arbitrary: groupUid.map((group) => ({ op: "in" as const, entity: { type: group.type, id: group.id } })),
  },
);

const policy: fc.Arbitrary<PolicyJson> = fc
  .tuple(
    fc.constantFrom("permit" as const, "permit" as const, "forbid" as const),
    scope,
    scope,
    fc.array(condition, { maxLength: 2 }),
  )
  .map(([effect, principal, resource, bodies]) => ({
    effect,
    principal,
    action: { op: "All" },
    resource,
    conditions: bodies.map((body) => ({ kind: "when", body })),
  }));

export const world: fc.Arbitrary<World> = fc.record({
  entities,
  split,
  policies: fc.array(policy, { minLength: 1, maxLength: 5 }),
});

export const worldRequest = fc.record({
  principal: fc.constantFrom(...IDS).map((id) => EntityUid.of("User", id)),
  resource: fc.constantFrom(...IDS).map((id) => EntityUid.of("Doc", id)),
});

export function bundleOf(policies: readonly PolicyJson[]): Bundle {
  return {
    formatVersion: 1,
    id: "0".repeat(64),
    policies: {
      staticPolicies: Object.fromEntries(policies.map((policy, index) => [`p${index}`, policy])),
      templates: {},
      templateLinks: [],
    },
    sources: {},
    schema: null,
    settings: {},
  };
}

/** Everything in one place, as the reference sees it. */
export function joined({ entities }: World): EntityData[] {
  return entities.map(({ uid, attrs, tags, parents }) => ({
    uid,
    attrs: new CedarRecord(attrs),
    tags,
    parents,
  }));
}

/** What the split leaves to the project's files. */
export function inFiles({ entities, split }: World): EntityData[] {
  return entities.map(({ uid, attrs, tags, parents }) => ({
    uid,
    attrs: new Map([...attrs].filter(([name]) => split.attributes[`${uid.type}.${name}`] === null)),
    tags: split.tags[uid.type] === null ? tags : new Map(),
    parents: split.parents[uid.type] === null ? parents : [],
  }));
}

/** The sources of the split, each with what it owns. */
export function sourcesOf({ entities, split }: World, options: MemorySource["options"]): MemorySource[] {
  return [0, 1, 2].map((number) => {
    const types: Record<string, MemoryType> = {};
    for (const type of TYPE_NAMES) {
      const attributes = TYPES[type].filter((name) => split.attributes[`${type}.${name}`] === number);
      const parents = split.parents[type] === number ? ["Group"] : [];
      const tags = split.tags[type] === number;
      if (attributes.length > 0 || parents.length > 0 || tags) types[type] = { attributes, parents, tags };
    }
    const source = new MemorySource(`source-${number}`, types, options);
    for (const { uid, attrs, tags, parents } of entities) {
      const owned = types[uid.type];
      if (owned === undefined) continue;
      source.put(uid.type, uid.id, {
        attrs: Object.fromEntries([...attrs].filter(([name]) => owned.attributes?.includes(name))),
        ...(owned.tags ? { tags: Object.fromEntries(tags) } : {}),
        parents: owned.parents?.length === 0 ? [] : parents.map(({ type, id }) => [type, id] as const),
      });
    }
    return source;
  });
}

export function sourceSetOf(sources: readonly MemorySource[]): SourceSet {
  const lives = sources.map(
    (source) =>
      new LiveSource({ source, options: source.options, schema: null, secrets: [], logger: undefined }),
  );
  return new SourceSet(lives, [], null);
}
