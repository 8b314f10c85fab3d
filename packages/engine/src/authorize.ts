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
import type { PolicyId } from "./policy/types.js";
import type { Request } from "./request.js";

/** Gives exactly the policies whose scope holds for a request, each once, in whatever order. */
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
 * Gathers what the policies of a set came to, and combines it: deny unless some permit is satisfied and no forbid is;
 * a policy that errs counts as not satisfied.
 */
export class Combination {
  #permits: CompiledPolicy[] | undefined;
  #forbids: CompiledPolicy[] | undefined;
  #errors: Erring[] | undefined;

  add(policy: CompiledPolicy, outcome: Outcome): void {
    if (outcome === "not_satisfied") return;
    if (outcome === "satisfied") this.satisfied(policy);
    else this.#err(policy, outcome);
  }

  satisfied(policy: CompiledPolicy): void {
    if (policy.body.effect === "permit") {
      if (this.#permits === undefined) this.#permits = [policy];
      else this.#permits.push(policy);
    } else {
      this.#forbids ??= [];
      this.#forbids.push(policy);
    }
  }

  /** For what was thrown while the policy was evaluated. Whatever is not a policy's error is thrown on. */
  erred(policy: CompiledPolicy, thrown: unknown): void {
    if (!(thrown instanceof Failure)) throw thrown;
    this.#err(policy, thrown);
  }

  /** Lists policies in the order of the set, whatever the order in which they were added. */
  answer(): Answer {
    const isAllowed = allows(this.#permits !== undefined, this.#forbids !== undefined);
    return {
      decision: isAllowed ? "allow" : "deny",
      reason: idsOf(isAllowed ? this.#permits : this.#forbids),
      errors: this.#errors === undefined ? [] : errorsOf(this.#errors),
    };
  }

  #err(policy: CompiledPolicy, error: EvaluationError): void {
    this.#errors ??= [];
    this.#errors.push({ policy, error });
  }
}

interface Erring {
  readonly policy: CompiledPolicy;
  readonly error: EvaluationError;
}

function idsOf(policies: CompiledPolicy[] | undefined): PolicyId[] {
  if (policies === undefined) return [];
  let before = -1;
  for (const { ordinal } of policies) {
    if (ordinal < before) {
      policies.sort((a, b) => a.ordinal - b.ordinal);
      break;
    }
    before = ordinal;
  }
  return policies.map(({ id }) => id);
}

function errorsOf(errors: Erring[]): Answer["errors"] {
  return errors
    .sort((a, b) => a.policy.ordinal - b.policy.ordinal)
    .map(({ policy, error: { code, message, help } }) => ({
      policyId: policy.id,
      error: { code, message, help },
    }));
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
