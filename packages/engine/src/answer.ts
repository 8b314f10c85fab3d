import type { EvaluationError } from "./errors.js";
import type { PolicyId } from "./policy/types.js";

/** Exactly Cedar's answer: the determining policies, and the policies that could not be evaluated. */
export interface Answer {
  decision: "allow" | "deny";
  reason: PolicyId[];
  errors: { policyId: PolicyId; error: EvaluationError }[];
}
