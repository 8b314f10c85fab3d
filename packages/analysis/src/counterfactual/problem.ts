import {
  type Answer,
  type Authorizer,
  type Bundle,
  compile,
  type EngineError,
  type Explanation,
  type PolicyId,
} from "@cordon/engine";
import { guardAnswer } from "@cordon/pdp/pipeline";
import { applyChanges, type Change } from "./change.js";
import type { Facts } from "./facts.js";
import { onlyPolicies, type TargetPolicy, targetPolicies } from "./target-policy.js";

/** A decision whose turning is looked for. */
export class Problem {
  readonly bundle: Bundle;
  readonly facts: Facts;
  readonly explanation: Explanation;
  readonly targets: ReadonlyMap<PolicyId, TargetPolicy>;
  readonly decision: "allow" | "deny";
  readonly #authorizer: Authorizer;
  readonly #parts = new Map<string, Authorizer>();

  constructor(bundle: Bundle, authorizer: Authorizer, facts: Facts) {
    this.bundle = bundle;
    this.facts = facts;
    this.#authorizer = authorizer;
    this.explanation = authorizer.explain(facts.request, facts.entities);
    this.targets = targetPolicies(bundle);
    this.decision = this.decide(facts);
  }

  /** As the decision point decides: by the engine, and then the guard. */
  decide(facts: Facts): "allow" | "deny" {
    return guardAnswer(this.answer(facts), this.#authorizer).decision;
  }

  answer({ request, entities }: Facts): Answer {
    return this.#authorizer.isAuthorized(request, entities);
  }

  /** Whether the decision is the other one with these changes. */
  isTurnedBy(changes: Iterable<Change>): boolean {
    const facts = this.changed(changes);
    return facts !== undefined && this.decide(facts) !== this.decision;
  }

  /** Undefined where the changes would make an entity its own ancestor. */
  changed(changes: Iterable<Change>): Facts | undefined {
    try {
      return applyChanges(this.facts, changes);
    } catch (error) {
      if ((error as Partial<EngineError>).code === "entity_cycle") return undefined;
      throw error;
    }
  }

  /** Some of the policies alone, to see what each comes to. */
  only(ids: Iterable<PolicyId>): Authorizer {
    const chosen = new Set(ids);
    const key = JSON.stringify([...chosen]);
    let authorizer = this.#parts.get(key);
    if (authorizer === undefined) {
      authorizer = compile(onlyPolicies(this.bundle, chosen));
      this.#parts.set(key, authorizer);
    }
    return authorizer;
  }
}
