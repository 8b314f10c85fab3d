import { allows } from "./allows.js";
import type { Answer } from "./answer.js";
import type { Entities } from "./entities/types.js";
import type { Environment, Outcome } from "./environment.js";
import type { EvaluationError } from "./errors.js";
import { Failure } from "./failure.js";
import { Frame } from "./frame.js";
import { evaluate } from "./interpret/evaluate.js";
import { expectBool } from "./ops/index.js";
import type { CompiledPolicy } from "./policy/compiled.js";
import { holds } from "./policy/scope.js";
import type { Request } from "./request.js";

/** Gives the policies whose scope may match a request: all of those that do match, and perhaps others. */
export type CandidateSource = (request: Request, entities: Entities) => Iterable<CompiledPolicy>;

/** The reference: each candidate in turn, its scope and then its conditions by the interpreter. */
export function authorize(candidates: CandidateSource, request: Request, entities: Entities): Answer {
  const frame = new Frame(request, entities);
  const combination = new Combination();
  for (const policy of candidates(request, frame)) {
    if (scopeHolds(policy, frame)) combination.add(policy, evaluateConditions(policy, frame));
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
    if (outcome === "satisfied") this.satisfied(policy);
    else this.#errors.push({ policy, error: outcome });
  }

  satisfied(policy: CompiledPolicy): void {
    if (policy.body.effect === "permit") this.#permits.push(policy);
    else this.#forbids.push(policy);
  }

  /** For what was thrown while the policy was evaluated. Whatever is not a policy's error is thrown on. */
  erred(policy: CompiledPolicy, thrown: unknown): void {
    if (!(thrown instanceof Failure)) throw thrown;
    this.#errors.push({ policy, error: thrown });
  }

  /** Lists policies in the order of the set, whatever the order in which they were added. */
  answer(): Answer {
    const allow = allows(this.#permits.length > 0, this.#forbids.length > 0);
    const determining = allow ? this.#permits : this.#forbids;
    return {
      decision: allow ? "allow" : "deny",
      reason: inOrder(determining, byOrdinal).map(idOf),
      errors: inOrder(this.#errors, (a, b) => byOrdinal(a.policy, b.policy)).map(
        ({ policy, error: { code, message, help } }) => ({
          policyId: policy.id,
          error: { code, message, help },
        }),
      ),
    };
  }
}

function inOrder<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  return list.length > 1 ? list.sort(compare) : list;
}

function byOrdinal(a: CompiledPolicy, b: CompiledPolicy): number {
  return a.ordinal - b.ordinal;
}

function idOf(policy: CompiledPolicy): CompiledPolicy["id"] {
  return policy.id;
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
