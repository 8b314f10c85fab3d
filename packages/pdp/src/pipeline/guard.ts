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
