import assert from "node:assert/strict";
import {
  type Authorizer,
  CedarRecord,
  compile,
  type EntityStore,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type PolicySetJson,
  type ScopeConstraintJson,
} from "@cordon/engine";
import fc from "fast-check";
import type { EntityMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { checkFor, type DialectName } from "../sql/index.js";
import { Descendants, planResidual, type RowPlan } from "../translate/index.js";
import { conditions } from "./conditions.js";
import type { Office } from "./office.js";
import { idOf, type PoolOptions, STRANGE_IDS, uidOf } from "./pools.js";
import { parentsOf, reaches, type Shape, typesOf } from "./shape.js";

/** One question: policies, who asks, and whether an erring forbid denies. */
export interface Case {
  readonly permits: readonly Rule[];
  readonly forbids: readonly Rule[];
  readonly principal: EntityUid;
  readonly failClosed: boolean;
}

export interface Rule {
  readonly principal: ScopeConstraintJson;
  readonly resource: ScopeConstraintJson;
  readonly condition: ExprJson;
}

/** An office and what the planner knows of it. */
export interface World {
  readonly office: Office;
  readonly store: EntityStore;
  readonly mappings: readonly EntityMapping[];
  readonly dialect: DialectName;
  /** Types in files: no database has a say in what is above and below them. */
  isStatic(type: string): boolean;
  readonly descendantsOf: (uid: EntityUid) => Iterable<EntityUid>;
  /** Entities are in memory, so that everything can be asked for. */
  readonly inMemory: boolean;
}

export function worldOf(
  office: Office,
  store: EntityStore,
  mappings: readonly EntityMapping[],
  { dialect, inMemory }: { dialect: DialectName; inMemory: boolean },
): World {
  const { places } = office.shape;
  const isStatic = (type: string): boolean => places[type] === "files";
  const owned = (type: string): readonly string[] => (isStatic(type) ? [] : parentsOf(type, office.shape));
  const below = new Descendants(inMemory ? [] : office.entities, {
    ownsParents: (type, parent) => owned(type).includes(parent),
    ownsAny: (type) => owned(type).length > 0,
    reaches: (type, ancestor) => reaches(type, ancestor, office.shape),
  });
  return { office, store, mappings, dialect, inMemory, isStatic, descendantsOf: (uid) => below.of(uid) };
}

/** What the planner says, and what the engine says of each document. */
export interface Planned {
  readonly plan: RowPlan;
  readonly policies: PolicySetJson;
  allows(uid: EntityUid): boolean;
}

export function caseOf({ shape, pools }: Office): fc.Arbitrary<Case> {
  const rule = fc.record({
    principal: fc.oneof({ weight: 4, arbitrary: ANYTHING }, { weight: 1, arbitrary: scope(shape, pools) }),
    resource: fc.oneof({ weight: 4, arbitrary: ANYTHING }, { weight: 1, arbitrary: scope(shape, pools) }),
    condition: conditions(shape, pools),
  });
  const principal = fc
    .tuple(
      fc.constantFrom(...shape.principals),
      fc.nat({ max: 4 }),
      fc.constantFrom("nobody", ...STRANGE_IDS),
    )
    .map(([type, index, strange]) => EntityUid.of(type, index === 4 ? strange : idOf(type, index, pools)));
  return fc.record({
    permits: fc.array(rule, { minLength: 1, maxLength: 2 }),
    forbids: fc.array(rule, { maxLength: 2 }),
    principal,
    failClosed: fc.boolean(),
  });
}

const ANYTHING: fc.Arbitrary<ScopeConstraintJson> = fc.constant({ op: "All" });

/** Mostly those that can hold. */
function scope(shape: Shape, pools: PoolOptions): fc.Arbitrary<ScopeConstraintJson> {
  const type = fc.constantFrom(...typesOf(shape));
  const uid = type.chain((of) => uidOf(of, pools)).map((one) => ({ type: one.type, id: one.id }));
  return fc.oneof(
    uid.map((entity): ScopeConstraintJson => ({ op: "in", entity })),
    uid.map((entity): ScopeConstraintJson => ({ op: "==", entity })),
    type.map((entity_type): ScopeConstraintJson => ({ op: "is", entity_type })),
    fc
      .tuple(fc.constantFrom("Doc", ...shape.principals), uid)
      .map(([entity_type, entity]): ScopeConstraintJson => ({ op: "is", entity_type, in: { entity } })),
  );
}

export function planCase(one: Case, world: World): Planned {
  const { principal: user, failClosed } = one;
  const { office, store, descendantsOf } = world;
  const policies = policySet(one);
  const authorizer = compile(policies);
  const action = EntityUid.of("Action", "read");
  const resource = { unknown: true, type: "Doc" } as const;
  const context = { known: new Map(), unknown: new Set<string>() };
  const residual = authorizer.partial({ principal: user, action, resource, context }, store, { failClosed });
  const check = world.inMemory ? undefined : checkFor("Doc", world);
  const { schema } = office.shape;
  const options = {
    resourceType: "Doc",
    schema,
    entities: store,
    mappings: world.mappings,
    check,
    descendantsOf,
  };
  return {
    plan: exactOrOpen((approximate) => planResidual(residual, { ...options, approximate })),
    policies,
    allows: (uid) => {
      const request = { principal: user, action, resource: uid, context: CedarRecord.EMPTY };
      const answer = authorizer.isAuthorized(request, store);
      return answer.decision === "allow" && !(failClosed && forbidErred(answer, authorizer));
    },
  };
}

function exactOrOpen(plan: (approximate: boolean) => RowPlan): RowPlan {
  try {
    return plan(false);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    assert.ok(
      error.policyId !== undefined && error.clause !== undefined,
      "the error names policy and clause",
    );
    return plan(true);
  }
}

function forbidErred(answer: ReturnType<Authorizer["isAuthorized"]>, authorizer: Authorizer): boolean {
  return answer.errors.some(({ policyId }) => authorizer.policy(policyId)?.effect === "forbid");
}

function policySet({ permits, forbids }: Case): PolicySetJson {
  const policy = (effect: "permit" | "forbid", { principal, resource, condition }: Rule): PolicyJson => ({
    effect,
    principal,
    action: { op: "All" },
    resource,
    conditions: [{ kind: "when", body: condition }],
  });
  const named = [
    ...permits.map((rule, i) => [`permit ${i}`, policy("permit", rule)] as const),
    ...forbids.map((rule, i) => [`forbid ${i}`, policy("forbid", rule)] as const),
  ];
  return { staticPolicies: Object.fromEntries(named), templates: {}, templateLinks: [] };
}
