import fc from "fast-check";
import {
  type ActionConstraintJson,
  CedarRecord,
  CedarSet,
  Decimal,
  type EntityData,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type Request,
  type ScopeConstraintJson,
  type Value,
} from "../../index.js";
import { call, context, dot, ext, ifElse, lit, not, op, principal, resource } from "../world.js";

/** Policies, entities and requests that have a lot to say to one another. */
export interface PartialWorld {
  readonly policies: readonly PolicyJson[];
  readonly data: readonly EntityData[];
  readonly requests: readonly Request[];
}

const TYPES = ["User", "Team", "Doc", "Folder"] as const;
const IDS = ["a", "b", "c"] as const;
const ACTIONS = ["read", "write"] as const;

export const UIDS: readonly EntityUid[] = TYPES.flatMap((type) => IDS.map((id) => EntityUid.of(type, id)));
const ACTION_UIDS = [...ACTIONS, "any"].map((id) => EntityUid.of("Action", id));

/** What every entity, and the context, may have: mostly of one type. */
const MEMBERS: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  open: fc.boolean(),
  level: fc.integer({ min: 0, max: 3 }),
  name: fc.constantFrom("", "a", "ab", "b*"),
  owner: fc.constantFrom(...UIDS),
  labels: fc.subarray<Value>(["a", "ab", "b*"]).map((labels) => CedarSet.of(labels)),
  groups: fc.subarray<Value>([...UIDS], { maxLength: 3 }).map((uids) => CedarSet.of(uids)),
  info: fc
    .record({ level: fc.integer({ min: 0, max: 3 }) })
    .map((info) => CedarRecord.of(Object.entries(info))),
  price: fc.constantFrom("1.0", "2.5").map((text) => Decimal.parse(text)),
};
export const NAMES: readonly string[] = Object.keys(MEMBERS);

const anyValue: fc.Arbitrary<Value> = fc.oneof(...Object.values(MEMBERS));

const members: fc.Arbitrary<CedarRecord> = fc
  .tuple(
    fc.record(MEMBERS, { requiredKeys: [] }),
    // Now and then one of another type than it should have.
    fc.option(fc.tuple(fc.constantFrom(...NAMES), anyValue), { freq: 5 }),
  )
  .map(([given, odd]) =>
    CedarRecord.of([...Object.entries(given), ...(odd === null ? [] : [odd])] as [string, Value][]),
  );

interface Exprs {
  bool: ExprJson;
  long: ExprJson;
  text: ExprJson;
  entity: ExprJson;
  set: ExprJson;
  entities: ExprJson;
  record: ExprJson;
  decimal: ExprJson;
  any: ExprJson;
}

const setExpr = (elements: ExprJson[]): ExprJson => ({ Set: elements });

const entityLiteral = fc
  .constantFrom(...UIDS)
  .map((uid) => lit({ __entity: { type: uid.type, id: uid.id } }));

const exprs = fc.letrec<Exprs>((tie) => {
  const at = (kind: keyof Exprs): fc.Arbitrary<ExprJson> => tie(kind) as fc.Arbitrary<ExprJson>;
  const holder = fc.oneof(
    { weight: 4, arbitrary: at("entity") },
    { weight: 1, arbitrary: fc.constant(context) },
  );
  const member = (name: string) => holder.map((from) => dot(from, name));
  const pair = (operators: readonly string[], left: fc.Arbitrary<ExprJson>, right: fc.Arbitrary<ExprJson>) =>
    fc.tuple(fc.constantFrom(...operators), left, right).map(([name, a, b]) => op(name, a, b));
  const depth = { maxDepth: 4, withCrossShrink: true };
  const has = fc
    .tuple(
      holder,
      fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom<string[]>(["owner", "level"], ["info", "level"])),
    )
    .map(([left, attr]): ExprJson => ({ has: { left, attr } }));
  return {
    bool: fc.oneof(
      depth,
      member("open"),
      fc.boolean().map(lit),
      has,
      pair(["==", "!="], at("any"), at("any")),
      pair(["==", "!="], at("entity"), at("entity")),
      pair(["<", "<=", ">", ">="], at("long"), at("long")),
      pair(["in"], at("entity"), fc.oneof(at("entity"), at("entities"))),
      pair(["contains"], at("set"), at("text")),
      pair(["contains"], at("entities"), at("entity")),
      pair(["containsAll", "containsAny"], at("set"), at("set")),
      pair(["&&", "||"], at("bool"), at("bool")),
      pair(["&&", "||"], at("bool"), at("bool")),
      at("bool").map(not),
      fc.tuple(at("bool"), at("bool"), at("bool")).map(([a, b, c]) => ifElse(a, b, c)),
      at("text").map((left): ExprJson => ({ like: { left, pattern: [{ Literal: "a" }, "Wildcard"] } })),
      fc
        .tuple(at("entity"), fc.constantFrom(...TYPES), fc.option(fc.oneof(at("entity"), at("entities"))))
        .map(
          ([left, entity_type, group]): ExprJson => ({
            is: group === null ? { left, entity_type } : { left, entity_type, in: group },
          }),
        ),
      pair(["hasTag"], at("entity"), at("text")),
      at("set").map((arg): ExprJson => ({ isEmpty: { arg } })),
      fc.tuple(at("decimal"), at("decimal")).map(([a, b]) => call("lessThan", a, b)),
      { weight: 1, arbitrary: at("any") },
    ),
    long: fc.oneof(
      depth,
      member("level"),
      fc.integer({ min: 0, max: 3 }).map(lit),
      at("record").map((from) => dot(from, "level")),
      pair(["+", "-", "*"], at("long"), at("long")),
      fc.tuple(at("bool"), at("long"), at("long")).map(([a, b, c]) => ifElse(a, b, c)),
      pair(["getTag"], at("entity"), at("text")),
    ),
    text: fc.oneof(depth, member("name"), fc.constantFrom("", "a", "ab", "b*").map(lit)),
    entity: fc.oneof(depth, fc.constantFrom(principal, resource), entityLiteral, member("owner")),
    set: fc.oneof(depth, member("labels"), fc.array(at("text"), { maxLength: 2 }).map(setExpr)),
    entities: fc.oneof(depth, member("groups"), fc.array(at("entity"), { maxLength: 2 }).map(setExpr)),
    record: fc.oneof(
      depth,
      member("info"),
      fc.tuple(at("long"), at("any")).map(([level, other]): ExprJson => ({ Record: { level, other } })),
    ),
    decimal: fc.oneof(
      depth,
      member("price"),
      fc.constantFrom("1.0", "2.5", "x").map((text) => ext("decimal", text)),
    ),
    any: fc.oneof(
      depth,
      at("bool"),
      at("long"),
      at("text"),
      at("entity"),
      at("set"),
      at("record"),
      at("decimal"),
    ),
  };
});

const entityRef = fc.constantFrom(...UIDS).map(({ type, id }) => ({ type, id }));

const scope: fc.Arbitrary<ScopeConstraintJson> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ op: "All" as const }) },
  { weight: 1, arbitrary: entityRef.map((entity) => ({ op: "==" as const, entity })) },
  { weight: 2, arbitrary: entityRef.map((entity) => ({ op: "in" as const, entity })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...TYPES), fc.option(entityRef)).map(([entity_type, entity]) => ({
      op: "is" as const,
      entity_type,
      ...(entity === null ? {} : { in: { entity } }),
    })),
  },
);

const actionRef = (id: string) => ({ type: "Action", id });

const actionScope = fc.oneof<fc.MaybeWeightedArbitrary<ActionConstraintJson>[]>(
  { weight: 4, arbitrary: fc.constant<ActionConstraintJson>({ op: "All" }) },
  fc.constantFrom(...ACTIONS).map((id) => ({ op: "==" as const, entity: actionRef(id) })),
  fc.constant<ActionConstraintJson>({ op: "in", entity: actionRef("any") }),
  fc.constant<ActionConstraintJson>({ op: "in", entities: [actionRef("read"), actionRef("any")] }),
);

const policy: fc.Arbitrary<PolicyJson> = fc.record({
  effect: fc.constantFrom("permit" as const, "permit" as const, "forbid" as const),
  principal: scope,
  action: actionScope,
  resource: scope,
  conditions: fc.array(
    fc.record({
      kind: fc.constantFrom("when" as const, "when" as const, "unless" as const),
      body: exprs.bool,
    }),
    { maxLength: 2 },
  ),
});

/** Parents come later in the list of all, so there are no cycles; some entities aren't there at all. */
const data: fc.Arbitrary<EntityData[]> = fc
  .tuple(
    ...UIDS.map((uid, index) =>
      fc.option(
        fc.record({
          uid: fc.constant(uid),
          attrs: members,
          tags: fc
            .dictionary(fc.constantFrom("a", "ab"), fc.integer({ min: 0, max: 3 }))
            .map((tags) => new Map(Object.entries(tags))),
          parents: fc.subarray(UIDS.slice(index + 1, index + 5)),
        }),
        { freq: 6 },
      ),
    ),
  )
  .map((entities) => [
    ...entities.filter((entity) => entity !== null),
    ...ACTION_UIDS.map((uid) => ({ uid, parents: uid.id === "any" ? [] : ACTION_UIDS.slice(-1) })),
  ]);

const request: fc.Arbitrary<Request> = fc.record({
  principal: fc.constantFrom(...UIDS.slice(0, 6)),
  action: fc.constantFrom(...ACTION_UIDS.slice(0, 2)),
  resource: fc.constantFrom(...UIDS.slice(6)),
  context: members,
});

export const partialWorld: fc.Arbitrary<PartialWorld> = fc.record({
  policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
  data,
  requests: fc.array(request, { minLength: 1, maxLength: 4 }),
});

/** Some values that each member may have. */
export const someValues: fc.Arbitrary<Record<string, Value[]>> = fc.record(
  Object.fromEntries(
    Object.entries(MEMBERS).map(([name, value]) => [name, fc.array(value, { minLength: 2, maxLength: 3 })]),
  ),
);
