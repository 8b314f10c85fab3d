import type { Answer } from "./answer.js";
import { RequestEntities } from "./entities/request-entities.js";
import type { Entities } from "./entities/types.js";
import type { EvaluationError } from "./errors.js";
import { Failure } from "./failure.js";
import { type Environment, evaluate } from "./interpret/evaluate.js";
import { expectBool } from "./ops/index.js";
import type { CompiledPolicy } from "./policy/compiled.js";
import { holds } from "./policy/scope.js";
import type { Request } from "./request.js";

/** What a policy came to for one request. */
export type Outcome = "satisfied" | "not_satisfied" | EvaluationError;

/** Gives the policies whose scope may match a request: all of those that do match, and perhaps others. */
export type CandidateSource = (request: Request, entities: Entities) => Iterable<CompiledPolicy>;

export function authorize(candidates: CandidateSource, request: Request, entities: Entities): Answer {
  const environment: Environment = { request, entities: new RequestEntities(request, entities) };
  const combination = new Combination();
  for (const policy of candidates(request, environment.entities)) {
    if (scopeHolds(policy, environment)) combination.add(policy, evaluateConditions(policy, environment));
  }
  return combination.answer();
}

/**
 * Cedar's combination of policies, written once: deny unless some permit is satisfied and no forbid is;
 * a policy that errs counts as not satisfied.
 */
export class Combination {
  readonly #permits: CompiledPolicy[] = [];
  readonly #forbids: CompiledPolicy[] = [];
  readonly #errors: { policy: CompiledPolicy; error: EvaluationError }[] = [];

  add(policy: CompiledPolicy, outcome: Outcome): void {
    if (outcome === "not_satisfied") return;
    if (outcome !== "satisfied") this.#errors.push({ policy, error: outcome });
    else if (policy.body.effect === "permit") this.#permits.push(policy);
    else this.#forbids.push(policy);
  }

  /** Lists policies in the order of the set, whatever the order in which they were added. */
  answer(): Answer {
    const allow = this.#forbids.length === 0 && this.#permits.length > 0;
    const determining = allow ? this.#permits : this.#forbids;
    return {
      decision: allow ? "allow" : "deny",
      reason: determining.sort((a, b) => a.ordinal - b.ordinal).map((policy) => policy.id),
      errors: this.#errors
        .sort((a, b) => a.policy.ordinal - b.policy.ordinal)
        .map(({ policy, error: { code, message, help } }) => ({
          policyId: policy.id,
          error: { code, message, help },
        })),
    };
  }
}

export function scopeHolds(policy: CompiledPolicy, { request, entities }: Environment): boolean {
  const { action, principal, resource } = policy.scope;
  return (
    holds(action, request.action, entities) &&
    holds(principal, request.principal, entities) &&
    holds(resource, request.resource, entities)
  );
}

/** Evaluates the clauses in order up to the first that fails or errs. */
export function evaluateConditions(policy: CompiledPolicy, environment: Environment): Outcome {
  try {
    for (const { kind, expr } of policy.body.conditions) {
      if (expectBool(evaluate(expr, environment)) !== (kind === "when")) return "not_satisfied";
    }
    return "satisfied";
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
