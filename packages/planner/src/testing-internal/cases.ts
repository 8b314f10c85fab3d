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
} from "@cordon/engine";
import fc from "fast-check";
import type { EntityMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { checkFor, type DialectName } from "../sql/index.js";
import { planResidual, type RowPlan } from "../translate/index.js";
import { conditions } from "./conditions.js";
import type { Office } from "./office.js";
import { OFFICE } from "./office-schema.js";

/** One question: policies, who asks, and whether an erring forbid denies. */
export interface Case {
  readonly permits: readonly ExprJson[];
  readonly forbids: readonly ExprJson[];
  readonly principal: number;
  readonly failClosed: boolean;
}

/** An office and what the planner knows of it. */
export interface World {
  readonly office: Office;
  readonly store: EntityStore;
  readonly mappings: readonly EntityMapping[];
  readonly dialect: DialectName;
}

/** What the planner says, and what the engine says of each document. */
export interface Planned {
  readonly plan: RowPlan;
  readonly policies: PolicySetJson;
  readonly user: EntityUid;
  allows(uid: EntityUid): boolean;
}

export function caseOf(office: Office): fc.Arbitrary<Case> {
  const condition = conditions(office.pools);
  return fc.record({
    permits: fc.array(condition, { minLength: 1, maxLength: 2 }),
    forbids: fc.array(condition, { maxLength: 2 }),
    principal: fc.nat({ max: 4 }),
    failClosed: fc.boolean(),
  });
}

export function planCase({ permits, forbids, principal, failClosed }: Case, world: World): Planned {
  const { office, store } = world;
  const policies = policySet(permits, forbids);
  const authorizer = compile(policies);
  const users = office.entities.filter(({ uid }) => uid.type === "User");
  const user = users[principal]?.uid ?? EntityUid.of("User", "nobody");
  const action = EntityUid.of("Action", "read");
  const resource = { unknown: true, type: "Doc" } as const;
  const context = { known: new Map(), unknown: new Set<string>() };
  const residual = authorizer.partial({ principal: user, action, resource, context }, store, { failClosed });
  const check = checkFor("Doc", world);
  const options = { resourceType: "Doc", schema: OFFICE, entities: store, mappings: world.mappings, check };
  return {
    plan: exactOrOpen((approximate) => planResidual(residual, { ...options, approximate })),
    policies,
    user,
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

function policySet(permits: readonly ExprJson[], forbids: readonly ExprJson[]): PolicySetJson {
  const policy = (effect: "permit" | "forbid", body: ExprJson): PolicyJson => ({
    effect,
    principal: { op: "All" },
    action: { op: "All" },
    resource: { op: "All" },
    conditions: [{ kind: "when", body }],
  });
  const named = [
    ...permits.map((body, i) => [`permit ${i}`, policy("permit", body)] as const),
    ...forbids.map((body, i) => [`forbid ${i}`, policy("forbid", body)] as const),
  ];
  return { staticPolicies: Object.fromEntries(named), templates: {}, templateLinks: [] };
}
