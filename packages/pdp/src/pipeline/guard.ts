import type { Answer, Authorizer, ReasonCode } from "@cordon/engine";

export interface Verdict {
  readonly decision: "allow" | "deny";
  readonly code: ReasonCode;
  /** The policies that determined the decision. */
  readonly policies: readonly string[];
}

/**
 * Step 5 of a decision. Cedar leaves a policy that can't be evaluated out, so a broken
 * `forbid` forbids nothing; here the answer is then deny. Policies that forbid all the
 * same keep their say in why.
 */
export function guardAnswer(answer: Answer, authorizer: Authorizer): Verdict {
  if (answer.decision === "deny" && answer.reason.length > 0) {
    return { decision: "deny", code: "forbidden", policies: answer.reason };
  }
  if (
    answer.errors.length > 0 &&
    answer.errors.some((e) => authorizer.policy(e.policyId)?.effect !== "permit")
  ) {
    return { decision: "deny", code: "forbid_errored", policies: [] };
  }
  if (answer.decision === "allow") return { decision: "allow", code: "permitted", policies: answer.reason };
  return { decision: "deny", code: "no_permit", policies: [] };
}

/** What is known of a request of which not everything is. */
export interface Openness {
  /** Policies that were not evaluated to the end. */
  readonly open: ReadonlySet<string>;
  /** The decision that nothing unknown can change; `undecided` where what is missing could. */
  readonly decision: Answer["decision"] | "undecided";
}

export interface GuardedAnswer {
  readonly verdict: Verdict;
  /** The answer as far as it rests on policies that were evaluated to the end. */
  readonly answer: Answer;
}

/**
 * The same for an answer in which what is not known counted as absent. Policies that are open have no say in it, nor
 * in why; where the rest doesn't settle the decision the answer is deny.
 */
export function guardPartial(
  answer: Answer,
  authorizer: Authorizer,
  { open, decision }: Openness,
): GuardedAnswer {
  const settled: Answer = {
    ...answer,
    reason: answer.reason.filter((id) => !open.has(id)),
    errors: answer.errors.filter(({ policyId }) => !open.has(policyId)),
  };
  const verdict = guardAnswer(settled, authorizer);
  if (verdict.decision === decision && (decision === "deny" || verdict.policies.length > 0)) {
    return { verdict, answer: settled };
  }
  return { verdict: { decision: "deny", code: "source_unavailable", policies: [] }, answer: settled };
}
