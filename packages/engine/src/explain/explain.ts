import { Combination } from "../authorize.js";
import type { PolicyInfo } from "../bundle.js";
import type { Entities } from "../entities/types.js";
import type { Environment, Outcome } from "../environment.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { describeConstraint } from "../policy/describe-expression.js";
import { holds, type ScopePart } from "../policy/scope.js";
import type { PolicyId } from "../policy/types.js";
import type { Request } from "../request.js";
import { notEvaluated, traceClause } from "./trace.js";
import type { ClauseExplanation, Explanation, PolicyExplanation, ScopeExplanation } from "./types.js";

const PARTS: readonly ScopePart[] = ["principal", "action", "resource"];

type InfoOf = (id: PolicyId) => PolicyInfo | undefined;

interface Explained {
  readonly policy: CompiledPolicy;
  readonly explanation: PolicyExplanation;
}

/** Explains every policy of a set for one request, from the same steps and the same combination that decide. */
export function explainRequest(
  policies: readonly CompiledPolicy[],
  infoOf: InfoOf,
  request: Request,
  entities: Entities,
): Explanation {
  const environment: Environment = { request, entities };
  const combination = new Combination();
  const explained: Explained[] = [];
  for (const policy of policies) {
    const { outcome, explanation } = explainPolicy(policy, infoOf(policy.id), environment);
    combination.add(policy, outcome);
    explained.push({ policy, explanation });
  }
  const { decision, reason } = combination.answer();
  const determining = new Set(reason);
  for (const { explanation } of explained) explanation.determining = determining.has(explanation.policyId);
  return { decision, policies: inOrder(explained, decision).map(({ explanation }) => explanation) };
}

function explainPolicy(
  policy: CompiledPolicy,
  info: PolicyInfo | undefined,
  environment: Environment,
): { outcome: Outcome; explanation: PolicyExplanation } {
  const scope = explainScope(policy, environment);
  const applies = scope.every((part) => part.holds);
  const forThisAction = scope.some(({ part, holds: matches }) => part === "action" && matches);
  const { outcome, clauses } = explainClauses(policy, info, environment, applies, forThisAction);
  const source = info?.source;
  const explanation: PolicyExplanation = {
    policyId: policy.id,
    effect: policy.body.effect,
    annotations: { ...policy.body.annotations },
    outcome: typeof outcome === "string" ? outcome : "error",
    determining: false,
    ...(typeof outcome === "string" ? {} : { error: outcome }),
    scope,
    clauses,
    ...(source === undefined
      ? {}
      : { position: { file: source.file, line: source.line, column: source.column } }),
  };
  return { outcome, explanation };
}

function explainScope(policy: CompiledPolicy, { request, entities }: Environment): ScopeExplanation[] {
  return PARTS.map((part) => ({
    part,
    text: describeConstraint(part, policy.scope[part]),
    holds: holds(policy.scope[part], request[part], entities),
  }));
}

/**
 * Cedar stops at the first part of a policy that fails. To show how near a policy came, the clauses after
 * that are evaluated all the same, unless the policy is about another action; but where one errs it counts
 * as not evaluated, for what it relies on may be just what failed before.
 */
function explainClauses(
  policy: CompiledPolicy,
  info: PolicyInfo | undefined,
  environment: Environment,
  applies: boolean,
  forThisAction: boolean,
): { outcome: Outcome; clauses: ClauseExplanation[] } {
  let outcome: Outcome = applies ? "satisfied" : "not_satisfied";
  const clauses = policy.body.conditions.map((condition, index): ClauseExplanation => {
    const clause = (rest: Pick<ClauseExplanation, "outcome" | "trace" | "error">): ClauseExplanation => ({
      kind: condition.kind,
      text: rest.trace.text,
      ...rest,
      ...positionOf(info, index),
    });
    const skipped = () => clause({ outcome: "not_evaluated", trace: notEvaluated(condition.expr) });
    if (!forThisAction) return skipped();
    const traced = traceClause(condition.expr, environment);
    if (typeof traced.outcome === "boolean") {
      const met = traced.outcome === (condition.kind === "when");
      if (outcome === "satisfied" && !met) outcome = "not_satisfied";
      return clause({ outcome: traced.outcome, trace: traced.trace });
    }
    if (outcome !== "satisfied") return skipped();
    outcome = traced.outcome;
    return clause({ outcome: "error", error: traced.outcome, trace: traced.trace });
  });
  return { outcome, clauses };
}

function positionOf(info: PolicyInfo | undefined, index: number): Pick<ClauseExplanation, "position"> {
  const source = info?.source;
  const clause = source?.clauses[index];
  if (source === undefined || clause === undefined) return {};
  return { position: { file: source.file, line: clause.line, column: clause.column } };
}

/** Determining, errors, near misses, the rest; a near miss is a policy about this action, by failing parts. */
function inOrder(explained: readonly Explained[], decision: "allow" | "deny"): Explained[] {
  const wanted = decision === "deny" ? "permit" : "forbid";
  return [...explained].sort(
    (a, b) =>
      rank(a.explanation) - rank(b.explanation) ||
      failingParts(a.explanation) - failingParts(b.explanation) ||
      Number(b.explanation.effect === wanted) - Number(a.explanation.effect === wanted) ||
      a.policy.ordinal - b.policy.ordinal,
  );
}

function rank(explanation: PolicyExplanation): number {
  if (explanation.determining) return 0;
  if (explanation.outcome === "error") return 1;
  return explanation.scope.some(({ part, holds: matches }) => part === "action" && !matches) ? 3 : 2;
}

/** How many parts of a policy stand between it and the request. */
export function failingParts({ scope, clauses }: PolicyExplanation): number {
  const failing = clauses.filter(({ kind, outcome }) => outcome !== (kind === "when"));
  return scope.filter((part) => !part.holds).length + failing.length;
}
