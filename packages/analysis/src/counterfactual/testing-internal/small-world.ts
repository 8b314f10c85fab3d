import {
  type Bundle,
  CedarRecord,
  CedarSet,
  EntityStore,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type ResolvedSchema,
  type ScopeConstraintJson,
  type Value,
} from "@cordon/engine";
import fc from "fast-check";
import { FactEntities, type Facts } from "../facts.js";

/** A world small enough to try out all of it: few facts, few values of each. */
export interface SmallWorld {
  readonly bundle: Bundle;
  readonly facts: Facts;
}

export const ANN = EntityUid.of("User", "ann");
export const BOB = EntityUid.of("User", "bob");
export const DOC = EntityUid.of("Doc", "plan");
export const GROUPS = [EntityUid.of("Group", "staff"), EntityUid.of("Group", "leads")];
export const FOLDER = EntityUid.of("Folder", "shared");

const LONGS: readonly Value[] = [-1, 0, 1, 2, 3, 4, 5];
const TEXTS: readonly Value[] = ["a", "b", "other"];
const BOOLS: readonly Value[] = [true, false];
const LABELS: readonly Value[] = [[], ["x"], ["y"], ["x", "y"]].map((labels) => CedarSet.of(labels));

/** Every attribute there is, with all the values it takes in a trial; undefined is its absence. */
export const DOMAIN: readonly (readonly [
  holder: EntityUid | null,
  name: string,
  values: readonly (Value | undefined)[],
])[] = [
  [ANN, "level", LONGS],
  [ANN, "role", TEXTS],
  [ANN, "active", BOOLS],
  [ANN, "score", [undefined, ...LONGS]],
  [DOC, "level", LONGS],
  [DOC, "kind", TEXTS],
  [DOC, "secret", BOOLS],
  [DOC, "owner", [ANN, BOB]],
  [DOC, "labels", LABELS],
  [null, "n", LONGS],
  [null, "mfa", [undefined, ...BOOLS]],
];

/** Every membership there may be. */
export const EDGES: readonly (readonly [EntityUid, EntityUid])[] = [
  ...GROUPS.map((group) => [ANN, group] as const),
  [DOC, FOLDER],
];

const long = { type: { type: "Long" }, required: true } as const;
const text = { type: { type: "String" }, required: true } as const;
const bool = { type: { type: "Boolean" }, required: true } as const;

const SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: {
      memberOfTypes: ["Group"],
      attributes: { level: long, role: text, active: bool, score: { ...long, required: false } },
    },
    Group: { memberOfTypes: [], attributes: {} },
    Doc: {
      memberOfTypes: ["Folder"],
      attributes: {
        ...{ level: long, kind: text, secret: bool },
        owner: { type: { type: "Entity", name: "User" }, required: true },
        labels: { type: { type: "Set", element: { type: "String" } }, required: true },
      },
    },
    Folder: { memberOfTypes: [], attributes: {} },
  },
  actions: {
    'Action::"read"': {
      uid: { type: "Action", id: "read" },
      memberOf: [],
      principalTypes: ["User"],
      resourceTypes: ["Doc"],
      context: { type: "Record", attributes: { n: long, mfa: { ...bool, required: false } } },
    },
  },
};

const variable = (name: "principal" | "resource" | "context"): ExprJson => ({ Var: name });
const dot = (left: ExprJson, attr: string): ExprJson => ({ ".": { left, attr } });
const lit = (value: boolean | number | string | string[]): ExprJson => ({ Value: value });
const uid = ({ type, id }: EntityUid): ExprJson => ({ Value: { __entity: { type, id } } });
const op = (name: string, left: ExprJson, right: ExprJson) =>
  ({ [name]: { left, right } }) as unknown as ExprJson;
const both = (left: ExprJson, right: ExprJson): ExprJson => ({ "&&": { left, right } });

const principal = variable("principal");
const resource = variable("resource");
const context = variable("context");

const longs = fc.constantFrom<ExprJson>(
  dot(principal, "level"),
  dot(resource, "level"),
  dot(context, "n"),
  lit(1),
  lit(2),
  lit(3),
);
const comparison = fc
  .tuple(fc.constantFrom("<", "<=", ">", ">=", "==", "!="), longs, longs)
  .map(([name, left, right]) => op(name, left, right));
const texts = fc.constantFrom<ExprJson>(dot(principal, "role"), dot(resource, "kind"), lit("a"), lit("b"));
const sameness = fc
  .tuple(fc.constantFrom("==", "!="), texts, texts)
  .map(([name, left, right]) => op(name, left, right));
const guarded = (of: ExprJson, attr: string, condition: ExprJson): ExprJson =>
  both({ has: { left: of, attr } }, condition);
const other = fc.constantFrom<ExprJson>(
  dot(principal, "active"),
  dot(resource, "secret"),
  guarded(context, "mfa", dot(context, "mfa")),
  { has: { left: context, attr: "mfa" } },
  guarded(principal, "score", op(">", dot(principal, "score"), lit(2))),
  guarded(principal, "score", op("==", dot(principal, "score"), dot(resource, "level"))),
  // Errs where there is no score.
  op("<", dot(principal, "score"), lit(2)),
  op("==", dot(resource, "owner"), principal),
  op("in", dot(resource, "owner"), uid(GROUPS[0] as EntityUid)),
  op("in", principal, uid(GROUPS[0] as EntityUid)),
  op("in", principal, { Set: GROUPS.map(uid) }),
  op("in", resource, uid(FOLDER)),
  op("contains", dot(resource, "labels"), lit("x")),
  op("contains", dot(resource, "labels"), dot(resource, "kind")),
  op("containsAll", dot(resource, "labels"), lit(["x", "y"])),
  op("containsAny", dot(resource, "labels"), lit(["x", "y"])),
  { isEmpty: { arg: dot(resource, "labels") } },
  { like: { left: dot(resource, "kind"), pattern: [{ Literal: "a" }, "Wildcard"] } },
  op("<", op("+", dot(principal, "level"), lit(1)), dot(resource, "level")),
);

const condition: fc.Arbitrary<ExprJson> = fc.letrec<{ any: ExprJson }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(comparison, sameness, other),
    fc.tuple(fc.constantFrom("&&", "||"), tie("any"), tie("any")).map(([name, a, b]) => op(name, a, b)),
    tie("any").map((arg): ExprJson => ({ "!": { arg } })),
    fc.tuple(tie("any"), tie("any"), tie("any")).map(
      ([test, yes, no]): ExprJson => ({
        // biome-ignore lint/suspicious/noThenProperty: an expression is data and never awaited
        "if-then-else": { if: test, then: yes, else: no },
      }),
    ),
  ),
})).any;

const principals = fc.constantFrom<ScopeConstraintJson>(
  { op: "All" },
  { op: "is", entity_type: "User", in: { entity: { type: "Group", id: "staff" } } },
  { op: "in", entity: { type: "Group", id: "leads" } },
  { op: "==", entity: { type: "User", id: "ann" } },
  { op: "==", entity: { type: "User", id: "bob" } },
);
const resources = fc.constantFrom<ScopeConstraintJson>(
  { op: "All" },
  { op: "in", entity: { type: "Folder", id: "shared" } },
  { op: "is", entity_type: "Doc" },
);

const policy: fc.Arbitrary<PolicyJson> = fc.record({
  effect: fc.constantFrom("permit", "permit", "forbid"),
  principal: principals,
  action: fc.constant({ op: "All" as const }),
  resource: resources,
  conditions: fc.array(fc.record({ kind: fc.constantFrom("when", "when", "unless"), body: condition }), {
    maxLength: 2,
  }),
});

const values = fc.tuple(
  ...DOMAIN.map(([, , candidates]) => fc.constantFrom<Value | undefined>(...candidates)),
);

export const smallWorld: fc.Arbitrary<SmallWorld> = fc
  .record({
    policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
    values,
    edges: fc.tuple(...EDGES.map(() => fc.boolean())),
    score: fc.boolean(),
  })
  .map(({ policies, values: chosen, edges }) => ({
    bundle: bundleOf(policies),
    facts: factsOf(chosen, edges),
  }));

function bundleOf(policies: readonly PolicyJson[]): Bundle {
  return {
    formatVersion: 1,
    id: "0".repeat(64),
    policies: {
      staticPolicies: Object.fromEntries(policies.map((json, index) => [`p${index}`, json])),
      templates: {},
      templateLinks: [],
    },
    sources: {},
    schema: SCHEMA,
    settings: {},
  };
}

function factsOf(chosen: readonly (Value | undefined)[], edges: readonly boolean[]): Facts {
  const recordOf = (holder: EntityUid | null) =>
    CedarRecord.of(
      DOMAIN.flatMap(([of, name], index): [string, Value][] => {
        const value = chosen[index];
        return of === holder && value !== undefined ? [[name, value]] : [];
      }),
    );
  const parentsOf = (uid: EntityUid) =>
    EDGES.flatMap(([member, group], index) => (member === uid && edges[index] ? [group] : []));
  const store = EntityStore.from([
    { uid: ANN, attrs: recordOf(ANN), parents: parentsOf(ANN) },
    {
      uid: BOB,
      attrs: CedarRecord.of([
        ["level", 1],
        ["role", "a"],
        ["active", true],
      ]),
    },
    { uid: DOC, attrs: recordOf(DOC), parents: parentsOf(DOC) },
    ...[...GROUPS, FOLDER].map((uid) => ({ uid })),
  ]);
  return {
    request: {
      principal: ANN,
      action: EntityUid.of("Action", "read"),
      resource: DOC,
      context: recordOf(null),
    },
    entities: new FactEntities(store),
  };
}
