import fc from "fast-check";
import type {
  CedarValueJson,
  ConditionJson,
  ExprJson,
  PolicyJson,
  PolicySetJson,
  Request,
} from "../index.js";
import { CedarRecord, encodeValue } from "../index.js";
import * as values from "./arbitraries.js";
import { call, context, dot, ext, ifElse, lit, not, op, ref, requestOf, storeOf } from "./world.js";

const USERS = ['User::"ann"', 'User::"bob"', 'User::"zoë\u2028"', 'User::"gone"'];
const TEAMS = ['App::Team::"red"', 'App::Team::"blue"', 'App::Team::"all"'];
const DOCS = ['Doc::"plan"', 'Doc::"\\"); throw 1; (\\""', 'Doc::"gone"'];
const ACTIONS = ['Action::"read"', 'Action::"write"', 'Action::"any"'];
const UIDS = [...USERS, ...TEAMS, ...DOCS, ...ACTIONS];

/** A small world in which much is somewhere missing: attributes, entities, types. */
export const entities = storeOf({
  'User::"ann"': {
    attrs: { level: 3, name: "ann", team: entity(TEAMS[0]), boss: entity(USERS[1]), tags: ["a", "b"] },
    parents: ['App::Team::"red"'],
    tags: { a: "x", level: 4 },
  },
  'User::"bob"': {
    attrs: { level: "high", name: "bob", team: entity(TEAMS[1]), boss: entity(USERS[3]), __proto__x: true },
    parents: ['App::Team::"blue"'],
  },
  'User::"zoë\u2028"': {
    attrs: { level: 9223372036854775807n, name: "zoë\u2028", ok: true, tags: [1, "a"] },
  },
  'App::Team::"red"': { attrs: { boss: entity(USERS[0]), ok: false }, parents: ['App::Team::"all"'] },
  'App::Team::"blue"': { attrs: { boss: entity(USERS[1]), level: -5 } },
  'App::Team::"all"': {},
  'Doc::"plan"': {
    attrs: { boss: entity(USERS[0]), level: 2, ok: true, team: entity(TEAMS[2]), tags: [entity(USERS[0])] },
    parents: ['Doc::"gone"', 'App::Team::"all"'],
    tags: { b: true },
  },
  'Doc::"\\"); throw 1; (\\""': { attrs: { boss: { name: "x", level: 1 }, ok: "yes", name: "plan" } },
  'Action::"read"': { parents: ['Action::"any"'] },
  'Action::"write"': {},
});

function entity(uid: string | undefined): CedarValueJson {
  return (ref(uid ?? "") as { Value: CedarValueJson }).Value;
}

export const request: fc.Arbitrary<Request> = fc
  .tuple(
    fc.constantFrom(...USERS, ...USERS, ...TEAMS),
    fc.constantFrom(...ACTIONS),
    fc.constantFrom(...DOCS, ...DOCS, ...USERS),
    fc.array(fc.tuple(fc.constantFrom("level", "ok", "name", "boss", "team"), values.value), {
      maxLength: 4,
    }),
  )
  .map(([principal, action, resource, members]) => ({
    ...requestOf(principal, action, resource),
    context: CedarRecord.of(members),
  }));

const attribute = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("level", "name", "team", "boss", "ok", "tags") },
  { weight: 1, arbitrary: values.name },
);
const literal = fc.oneof(
  fc.constantFrom<ExprJson>(lit(true), lit(false), lit(3), lit("ann"), lit("a")),
  fc.constantFrom(...UIDS).map(ref),
  values.value.map((value) => lit(encodeValue(value))),
);
const variable = fc.constantFrom<ExprJson>(
  { Var: "principal" },
  { Var: "principal" },
  { Var: "resource" },
  { Var: "action" },
  context,
);
const BOOLEAN_OPERATORS = [
  "==",
  "!=",
  "in",
  "<",
  "<=",
  ">",
  ">=",
  "contains",
  "containsAll",
  "containsAny",
  "hasTag",
];
const TYPES = ["User", "App::Team", "Doc", "Action", "Other"];

interface Tree {
  any: ExprJson;
  chain: ExprJson;
  test: ExprJson;
}

/** Expressions that are often well-typed, often wrong, and often read one attribute several times. */
const trees = fc.letrec<Tree>(
  (tie: fc.LetrecTypedTie<Tree>): fc.LetrecValue<Tree> => ({
    chain: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      variable,
      fc.tuple(tie("chain"), attribute).map(([left, name]) => dot(left, name)),
    ),
    any: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      literal,
      tie("chain"),
      tie("chain"),
      tie("test"),
      fc.array(tie("any"), { maxLength: 3 }).map((elements): ExprJson => ({ Set: elements })),
      fc
        .dictionary(values.name, tie("any"), { maxKeys: 3 })
        .map((members): ExprJson => ({ Record: members })),
      fc
        .tuple(fc.constantFrom("+", "-", "*", "getTag"), tie("any"), tie("any"))
        .map(([o, l, r]) => op(o, l, r)),
      tie("any").map((arg): ExprJson => ({ neg: { arg } })),
      fc.tuple(tie("test"), tie("any"), tie("any")).map(([test, yes, no]) => ifElse(test, yes, no)),
      fc.constantFrom(
        ext("ip", "10.0.0.1/8"),
        ext("decimal", "1.5"),
        ext("datetime", "x"),
        ext("duration", "1d"),
      ),
      fc
        .tuple(fc.constantFrom("lessThan", "isInRange", "offset", "toDate", "isIpv4"), tie("any"), tie("any"))
        .map(([fn, a, b]) => call(fn, a, b)),
      fc.constant<ExprJson>(lit({ __extn: { fn: "nope", arg: 1 } })),
    ),
    test: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.constantFrom(lit(true), lit(false)),
      fc
        .tuple(fc.constantFrom(...BOOLEAN_OPERATORS), tie("any"), tie("any"))
        .map(([operator, left, right]) => op(operator, left, right)),
      fc.tuple(fc.constantFrom("==", "in"), tie("chain"), tie("any")).map(([o, l, r]) => op(o, l, r)),
      fc
        .tuple(fc.constantFrom("&&", "||"), tie("test"), tie("test"))
        .map(([operator, left, right]) => op(operator, left, right)),
      fc.tuple(fc.constantFrom("&&", "||"), tie("test"), tie("any")).map(([o, l, r]) => op(o, l, r)),
      tie("test").map(not),
      tie("any").map((arg): ExprJson => ({ isEmpty: { arg } })),
      fc
        .tuple(tie("chain"), fc.array(attribute, { minLength: 1, maxLength: 3 }))
        .map(
          ([left, path]): ExprJson => ({ has: { left, attr: path.length === 1 ? (path[0] ?? "") : path } }),
        ),
      fc.tuple(tie("any"), attribute).map(([left, attr]): ExprJson => ({ has: { left, attr } })),
      // Who and what, by name: much of it is settled before a request is asked.
      fc
        .tuple(fc.constantFrom("==", "!=", "in"), variable, fc.constantFrom(...UIDS).map(ref), fc.boolean())
        .map(([operator, left, right, turned]) =>
          turned ? op(operator, right, left) : op(operator, left, right),
        ),
      // Presence, then use: what policies mostly do.
      fc
        .tuple(variable, attribute, tie("any"))
        .map(([left, attr, other]) => op("&&", { has: { left, attr } }, op("==", dot(left, attr), other))),
      fc
        .tuple(tie("chain"), fc.constantFrom(...TYPES))
        .map(([left, type]): ExprJson => ({ is: { left, entity_type: type } })),
      fc
        .tuple(tie("any"), fc.constantFrom(...TYPES), tie("any"))
        .map(([left, type, within]): ExprJson => ({ is: { left, entity_type: type, in: within } })),
      tie("any").map((left): ExprJson => ({ like: { left, pattern: [{ Literal: "a" }, "Wildcard"] } })),
    ),
  }),
);

const conditions = fc.array(
  fc
    .tuple(fc.constantFrom<"when" | "unless">("when", "unless"), trees.test)
    .map(([kind, body]): ConditionJson => ({ kind, body })),
  { maxLength: 2 },
);

function scope(
  uids: readonly string[],
  slot: "?principal" | "?resource",
): fc.Arbitrary<PolicyJson["principal"]> {
  const target = fc.oneof(
    fc.constantFrom(...uids, ...TEAMS).map((uid) => ({ entity: uidOf(uid) })),
    fc.constant({ slot }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<PolicyJson["principal"]>({ op: "All" }) },
    target.map((to) => ({ op: "==", ...to }) as PolicyJson["principal"]),
    target.map((to) => ({ op: "in", ...to }) as PolicyJson["principal"]),
    fc.constantFrom("User", "Doc").map((type): PolicyJson["principal"] => ({ op: "is", entity_type: type })),
    target.map((to) => ({ op: "is", entity_type: "User", in: to }) as PolicyJson["principal"]),
  );
}

function uidOf(text: string): { type: string; id: string } {
  return (entity(text) as { __entity: { type: string; id: string } }).__entity;
}

const action: fc.Arbitrary<PolicyJson["action"]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<PolicyJson["action"]>({ op: "All" }) },
  fc.constantFrom(...ACTIONS).map((uid): PolicyJson["action"] => ({ op: "==", entity: uidOf(uid) })),
  fc.constantFrom(...ACTIONS).map((uid): PolicyJson["action"] => ({ op: "in", entity: uidOf(uid) })),
  fc
    .array(fc.constantFrom(...ACTIONS), { maxLength: 3 })
    .map((uids): PolicyJson["action"] => ({ op: "in", entities: uids.map(uidOf) })),
);

const policy: fc.Arbitrary<PolicyJson> = fc.record({
  effect: fc.constantFrom<PolicyJson["effect"]>("permit", "permit", "forbid"),
  principal: scope(USERS, "?principal"),
  action,
  resource: scope(DOCS, "?resource"),
  conditions,
});

/** Sets of a few policies; those that have slots become templates, with two links each. */
export const policySet: fc.Arbitrary<PolicySetJson> = fc
  .array(fc.tuple(policy, fc.constantFrom(...USERS, ...TEAMS), fc.constantFrom(...DOCS)), { maxLength: 6 })
  .map((drawn) => {
    const set: PolicySetJson = { staticPolicies: {}, templates: {}, templateLinks: [] };
    for (const [index, [json, forPrincipal, forResource]] of drawn.entries()) {
      const slots = ["?principal", "?resource"].filter((slot) =>
        JSON.stringify([json.principal, json.resource]).includes(slot),
      );
      if (slots.length === 0) set.staticPolicies[`p${index}`] = json;
      else {
        set.templates[`t${index}`] = json;
        for (const n of [0, 1]) {
          const all = {
            "?principal": uidOf(forPrincipal),
            "?resource": uidOf(n === 0 ? forResource : (DOCS[0] ?? "")),
          };
          const used = Object.entries(all).filter(([slot]) => slots.includes(slot));
          set.templateLinks.push({
            templateId: `t${index}`,
            newId: `l${index}.${n}`,
            values: Object.fromEntries(used),
          });
        }
      }
    }
    return set;
  });
