import type { PolicyId } from "@cordon/engine";
import { childrenOf, type Expr } from "@cordon/engine/expression";
import type { Predicate } from "../predicate/index.js";
import type { Truth } from "./truth.js";

/** What expressions came to. */
export class Translations {
  readonly truths = new WeakMap<Expr, Truth>();
  /** When they are true or err. */
  readonly holdsOrErrs = new WeakMap<Expr, Predicate>();
}

/**
 * What parts of policies came to that depend on the row alone: they are the same expressions in every residual, and
 * needn't be translated again for the next principal. To be shared by plans that differ in their residuals, entities
 * and known hierarchy only.
 */
export class PlanMemory {
  readonly #policies = new Map<PolicyId, Translations>();

  /** Expressions of one policy: those of others may be the same, and are named otherwise where they are left open. */
  of(policyId: PolicyId): Translations {
    let known = this.#policies.get(policyId);
    if (known === undefined) {
      known = new Translations();
      this.#policies.set(policyId, known);
    }
    return known;
  }
}

/** Whether what it comes to depends on what is above or below entities that are known: that changes. */
export function asksHierarchy(expr: Expr): boolean {
  if (expr.kind === "binary" && expr.operator === "in") return true;
  if (expr.kind === "is" && expr.in !== undefined) return true;
  return childrenOf(expr).some(asksHierarchy);
}
