import type { FieldPlan, Plan, Planner, ResolvedSchema } from "@cordon/engine";
import type { EntityMapping } from "../../mapping/index.js";
import type { DialectName } from "../../sql/index.js";
import type { Abilities } from "../../testing-internal/office.js";
import type { Flavor, Statement } from "../../testing-internal/tables.js";
import type { RowPlan } from "../../translate/index.js";
import type { FilterPlanner } from "../filters/index.js";

/** A query builder with a database behind it. */
export interface Adapter {
  readonly flavor: Flavor;
  readonly abilities: Abilities;
  run(statements: readonly Statement[]): Promise<void>;
  /** The ids of the rows of table `Doc`, there as `r`, that a filter of the adapter lets through. */
  rows(planner: Planner, database: Database, approximate: boolean): Promise<readonly string[]>;
  /** What the adapter's view of the rows of table `Doc`, there as `r`, selects. */
  view?(planner: FilterPlanner, database: Database): Promise<readonly object[]>;
}

export interface Database {
  readonly dialect: DialectName;
  readonly mappings: readonly EntityMapping[];
  readonly staticTypes: readonly string[];
  readonly schema: ResolvedSchema;
}

/** A decider whose every plan is this one, as it comes over a network. */
export function planning(plan: RowPlan, also: Partial<Plan> = {}): Planner {
  const { contributions, ...rest } = plan;
  const policies = contributions.map(({ policyId, effect, condition }) => ({
    id: policyId,
    effect,
    outcome: "when",
    predicate: { version: 1, resourceType: "Doc", condition },
  }));
  const told = { ...rest, id: "p", bundleId: "b", resourceType: "Doc", policies, ignored: [], ...also };
  const json = JSON.stringify(told);
  return { plan: async () => JSON.parse(json) as Plan };
}

/** A decider for which rows and their attributes are planned so. */
export function viewing(plan: FieldPlan): FilterPlanner {
  const json = JSON.stringify(plan);
  return { plan: async () => plan.rows, planFields: async () => JSON.parse(json) as FieldPlan };
}

export function planOf(plan: RowPlan): Plan {
  return {
    ...plan,
    id: "p",
    bundleId: "b",
    resourceType: "Doc",
    policies: [],
    ignored: [],
  };
}
