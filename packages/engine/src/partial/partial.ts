import { allows } from "../allows.js";
import { Combination, evaluateConditions, scopeHolds } from "../authorize.js";
import type { Outcome } from "../environment.js";
import { Failure } from "../failure.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import type { Expr } from "../policy/expression.js";
import { allowed, holds } from "./condition.js";
import { PartialEvaluator } from "./evaluate-partially.js";
import { type KnownEnvironment, knownEnvironment } from "./known-request.js";
import { gatherNeeds, MissingParts } from "./need-list.js";
import { NotKnown } from "./not-known.js";
import { conditionOf } from "./policy-condition.js";
import { mayBe, mayBeNoTruth, Remainder } from "./remainder.js";
import type {
  Condition,
  PartialEntities,
  PartialOptions,
  PartialRequest,
  Residual,
  ResidualPolicy,
} from "./types.js";

/** A policy that is not known to be satisfied or not. */
interface OpenPolicy {
  readonly policy: CompiledPolicy;
  readonly missing: MissingParts;
  readonly residual: ResidualPolicy;
}

/** What can be said of a request of which not everything is known; `policies` are all that may apply to it. */
export function partialRequest(
  policies: Iterable<CompiledPolicy>,
  request: PartialRequest,
  entities: PartialEntities,
  options: PartialOptions = {},
): Residual {
  const environment = knownEnvironment(request, entities);
  const tally = new Tally(options.failClosed === true);
  for (const policy of policies) evaluatePolicy(policy, environment, tally);
  return tally.residual();
}

function evaluatePolicy(policy: CompiledPolicy, environment: KnownEnvironment, tally: Tally): void {
  const known = environment.isMostlyKnown ? evaluateKnown(policy, environment) : undefined;
  if (known !== undefined) tally.add(policy, known);
  else evaluateOpen(policy, environment, tally);
}

function evaluateOpen(policy: CompiledPolicy, environment: KnownEnvironment, tally: Tally): void {
  const missing = new MissingParts();
  try {
    const result = new PartialEvaluator(environment, missing).condition(conditionOf(policy));
    if (result instanceof Remainder) tally.leave(policy, result.expr, missing);
    else tally.add(policy, result ? "satisfied" : "not_satisfied");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tally.add(policy, error);
  }
}

/** The reference's own evaluation, for the policies that it needs nothing unknown for: most, and at its speed. */
function evaluateKnown(policy: CompiledPolicy, environment: KnownEnvironment): Outcome | undefined {
  const { entities } = environment;
  try {
    const outcome = scopeHolds(policy, environment)
      ? evaluateConditions(policy, environment)
      : "not_satisfied";
    return entities.takeDoubt() === undefined ? outcome : undefined;
  } catch (error) {
    entities.takeDoubt();
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
}

/** What the policies came to, and what that says about the decision. */
class Tally {
  readonly #failClosed: boolean;
  readonly #combination = new Combination();
  readonly #open: OpenPolicy[] = [];
  #permitted = false;
  #forbidden = false;

  constructor(failClosed: boolean) {
    this.#failClosed = failClosed;
  }

  add(policy: CompiledPolicy, outcome: Outcome): void {
    this.#combination.add(policy, outcome);
    const isForbid = policy.body.effect === "forbid";
    if (outcome === "satisfied") {
      if (isForbid) this.#forbidden = true;
      else this.#permitted = true;
    } else if (outcome !== "not_satisfied" && isForbid && this.#failClosed) this.#forbidden = true;
  }

  leave(policy: CompiledPolicy, condition: Expr, missing: MissingParts): void {
    const residual: ResidualPolicy = {
      policyId: policy.id,
      effect: policy.body.effect,
      condition,
      mayHold: mayBe(true, condition),
      mayErr: mayBeNoTruth(condition),
    };
    this.#open.push({ policy, missing, residual });
  }

  residual(): Residual {
    const open = this.#open.sort((a, b) => a.policy.ordinal - b.policy.ordinal);
    const relevant = open.filter(({ residual }) => this.#mayCount(residual));
    const decision = this.#decision(relevant);
    const undecided = decision === "undecided";
    return {
      decision,
      answer: this.#combination.answer(),
      residuals: open.map(({ residual }) => residual),
      ...gatherNeeds(undecided ? relevant.map(({ missing }) => missing) : []),
      condition: undecided ? this.#condition(relevant) : decision === "allow",
    };
  }

  /** Whether the policy may still add to what permits or to what forbids. */
  #mayCount({ effect, mayHold, mayErr: errs }: ResidualPolicy): boolean {
    return effect === "permit" ? mayHold && !this.#permitted : mayHold || (errs && this.#failClosed);
  }

  #decision(relevant: readonly OpenPolicy[]): Residual["decision"] {
    const mayPermit = relevant.some(({ residual }) => residual.effect === "permit");
    const mayForbid = relevant.some(({ residual }) => residual.effect === "forbid");
    const atLeast = allows(this.#permitted, this.#forbidden || mayForbid);
    const atMost = allows(this.#permitted || mayPermit, this.#forbidden);
    if (atLeast !== atMost) return "undecided";
    return atLeast ? "allow" : "deny";
  }

  #condition(relevant: readonly OpenPolicy[]): Condition {
    const of = (effect: ResidualPolicy["effect"]): Condition[] =>
      relevant
        .filter(({ residual }) => residual.effect === effect)
        .map(({ residual: { condition, policyId } }) =>
          holds(condition, effect === "forbid" && this.#failClosed, policyId),
        );
    return allowed([this.#permitted, ...of("permit")], [this.#forbidden, ...of("forbid")]);
  }
}
