import type {
  ActionInput,
  Credentials,
  DecideOptions,
  EntityInput,
  Plan,
  Planner,
  PlanRequest,
} from "@cordon/engine";
import { bareEntity, type Filters } from "@cordon/engine/typed";
import { PlanError } from "../../plan-error.js";
import { parsePredicate, type RowPredicate } from "../../predicate/index.js";

/** What a question for a filter may say beside. */
export interface FilterOptions extends DecideOptions {
  /** As of a decision. */
  readonly credentials?: Credentials;
  /**
   * Let through what the database can't be asked, instead of refusing: each row must then be decided before it
   * counts, with `finishRows` for one. Default false.
   */
  readonly approximate?: boolean;
}

/** A plan as an adapter meets it: checked, since it may come from elsewhere. */
export type CheckedPlan = Pick<Plan, "policies" | "resourceType" | "exact"> &
  ({ readonly outcome: "always" | "never" } | { readonly outcome: "when"; readonly predicate: RowPredicate });

/** Asks for plans, and makes filters of them. */
export class PlanFilters<F, O extends FilterOptions> implements Filters<F, O> {
  readonly #planner: Planner;
  readonly #compile: (plan: CheckedPlan, options: Partial<O>) => F | Promise<F>;

  constructor(planner: Planner, compile: (plan: CheckedPlan, options: Partial<O>) => F | Promise<F>) {
    this.#planner = planner;
    this.#compile = compile;
  }

  async filter(
    principal: EntityInput,
    action: ActionInput,
    resourceType: string,
    context?: Record<string, unknown>,
    options: Partial<O> = {},
  ): Promise<F> {
    const { credentials, approximate, traceId, caller, maxAge, signal } = options;
    const request: PlanRequest = {
      principal: bareEntity(principal),
      action,
      resourceType,
      ...(context === undefined ? {} : { context }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(approximate === true ? { approximate } : {}),
    };
    const plan = await this.#planner.plan(request, {
      ...(traceId === undefined ? {} : { traceId }),
      ...(caller === undefined ? {} : { caller }),
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(signal === undefined ? {} : { signal }),
    });
    return this.#compile(checked(plan, resourceType, approximate === true), options);
  }
}

/** @throws PlanError for a plan of something else, or less exact than was asked for */
export function checked(plan: Plan, resourceType: string, approximate: boolean): CheckedPlan {
  if (plan.resourceType !== resourceType) {
    throw new PlanError(
      "predicate_invalid",
      `the plan is of \`${plan.resourceType}\`, not of \`${resourceType}\``,
    );
  }
  if (!plan.exact && !approximate) {
    throw new PlanError("not_expressible", "the plan leaves something open, which was not asked for");
  }
  if (plan.outcome === "always" || plan.outcome === "never") return plan;
  const predicate = parsePredicate(plan.predicate);
  if (predicate.resourceType === resourceType) return { ...plan, predicate };
  throw new PlanError(
    "predicate_invalid",
    `the predicate is of \`${predicate.resourceType}\`, not of \`${resourceType}\``,
  );
}

/** Compiles the whole; where that can't be done, names the policy whose part of it is to blame. */
export function blaming<T>(
  { policies, resourceType, ...plan }: CheckedPlan & { outcome: "when" },
  compile: (predicate: RowPredicate) => T,
): T {
  try {
    return compile(plan.predicate);
  } catch (error) {
    if (!(error instanceof PlanError) || error.policyId !== undefined) throw error;
    const guilty = policies.find(({ predicate }) => predicate !== undefined && !compiles(predicate));
    if (guilty === undefined) throw error;
    const { code, message, help, clause, path } = error;
    throw new PlanError(code, `${message}, in policy \`${guilty.id}\` of \`${resourceType}\``, {
      help,
      policyId: guilty.id,
      ...(clause === undefined ? {} : { clause }),
      ...(path === undefined ? {} : { path }),
    });
  }

  function compiles(predicate: unknown): boolean {
    try {
      compile(parsePredicate(predicate));
      return true;
    } catch {
      return false;
    }
  }
}
