import type { RequestError } from "@cordon/engine";
import type { RowPlan } from "@cordon/planner";
import type { Refusal } from "../pipeline/request-check.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { type ListFilter, type LiveSource, precedenceOf } from "../sources/index.js";

/** What is known of the results before any of them is looked at. */
export interface Outlook {
  /** Null: there is no plan, so that each entity must be decided. */
  readonly plan: (Pick<RowPlan, "outcome" | "exact"> & { readonly filter?: ListFilter }) | null;
  /** Why none can be, where that is no matter of policies. */
  readonly reason?: Refusal;
  readonly ignored: readonly string[];
}

/** Whether an error only says that there is no plan: then each entity is decided instead. */
export function isUnplannable(error: unknown): error is RequestError {
  return error instanceof Error && "code" in error && error.code === "not_plannable";
}

/**
 * Whether what a source has is all that its entities are made of, so that a filter within it says what a decision
 * would. Where the caller or the files may overrule it, or another source knows their parents, each is decided.
 */
export function isWhole({ live }: Snapshot, source: LiveSource): boolean {
  const sources = live?.relevance.sources;
  if (sources === undefined) return false;
  return [...source.provides.keys()].every((type) => {
    const parents = [...(sources.routes.get(type)?.parents.values() ?? [])];
    return (
      precedenceOf(source, type)[0] === "source" &&
      parents.every((owner) => owner === source) &&
      !sources.contexts.some(({ vouchesFor }) => vouchesFor.has(type))
    );
  });
}
