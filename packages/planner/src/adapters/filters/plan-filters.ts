import type {
  ActionInput,
  Credentials,
  DecideOptions,
  EntityInput,
  FieldDecider,
  Mask,
  Plan,
  Planner,
  PlanRequest,
} from "@cordon/engine";
import { bareEntity, type Filters, type RowViews } from "@cordon/engine/typed";
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

/** A plan of rows and their attributes, checked as well. */
export interface CheckedFieldPlan {
  readonly rows: CheckedPlan;
  /** What is shown of every row. */
  readonly allowed: readonly string[];
  readonly groups: readonly {
    readonly attributes: readonly string[];
    /** Of the rows that show them. */
    readonly plan: CheckedPlan;
    readonly mask?: Mask;
  }[];
}

/** What an adapter makes of plans. */
export interface Compiling<F, V, O> {
  filter(plan: CheckedPlan, options: O): F | Promise<F>;
  rows(plan: CheckedFieldPlan, options: O): V | Promise<V>;
}

/** What adapters ask: a decider in this process or elsewhere. Only `rows` needs it to know of attributes. */
export type FilterPlanner = Planner & Partial<Pick<FieldDecider, "planFields">>;

/** Asks for plans, and has an adapter make filters and views of them. */
export class PlanFilters<F, V, O extends FilterOptions> implements Filters<F, O>, RowViews<V, O> {
  readonly #planner: FilterPlanner;
  readonly #compiling: Compiling<F, V, O>;

  constructor(planner: FilterPlanner, compiling: Compiling<F, V, O>) {
    this.#planner = planner;
    this.#compiling = compiling;
  }

  async filter(
    principal: EntityInput,
    action: ActionInput,
    resourceType: string,
    context?: Record<string, unknown>,
    // None of them is required.
    options: O = {} as O,
  ): Promise<F> {
    const { approximate = false } = options;
    const request = requestOf(principal, action, resourceType, context, options);
    const asked = approximate ? { ...request, approximate } : request;
    const plan = await this.#planner.plan(asked, decideOptions(options));
    return this.#compiling.filter(checked(plan, resourceType, approximate), options);
  }

  async rows(
    principal: EntityInput,
    action: ActionInput,
    resourceType: string,
    context?: Record<string, unknown>,
    // None of them is required.
    options: O = {} as O,
  ): Promise<V> {
    if (options.approximate === true) {
      throw new PlanError("not_expressible", "attributes of rows that may not count are never shown", {
        help: "ask for `fields` of each row",
      });
    }
    if (this.#planner.planFields === undefined) {
      throw new TypeError("the decider knows no attributes: it has no `planFields`");
    }
    const request = requestOf(principal, action, resourceType, context, options);
    const { rows, allowed, groups } = await this.#planner.planFields(request, decideOptions(options));
    const plan: CheckedFieldPlan = {
      rows: checked(rows, resourceType, false),
      allowed,
      groups: groups.map((group) => ({ ...group, plan: checked(group.plan, resourceType, false) })),
    };
    return this.#compiling.rows(plan, options);
  }
}

function requestOf(
  principal: EntityInput,
  action: ActionInput,
  resourceType: string,
  context: Record<string, unknown> | undefined,
  { credentials }: FilterOptions,
): PlanRequest {
  return {
    principal: bareEntity(principal),
    action,
    resourceType,
    ...(context === undefined ? {} : { context }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function decideOptions({ traceId, caller, maxAge, signal }: FilterOptions): DecideOptions {
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(caller === undefined ? {} : { caller }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(signal === undefined ? {} : { signal }),
  };
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
