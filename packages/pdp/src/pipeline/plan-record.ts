import type { DecisionRecordInput } from "../log/index.js";
import { recordOf, refusedRequest } from "./decision-record.js";
import type { DecodedRequest } from "./decode.js";
import type { Call } from "./evaluate.js";
import type { ProjectPlan } from "./plan.js";

/**
 * The record of a plan: who was told which rows of a type to look at, as far as policies go that had a part in it.
 * The condition is not in it, nor what it was made of: each row is a decision, which the bundle of that time answers.
 */
export function planRecord(
  call: Call,
  request: DecodedRequest,
  plan: ProjectPlan,
  started: number,
): DecisionRecordInput {
  const { id, bundleId, outcome, exact, reason } = plan;
  const some = outcome !== "never";
  const decision = {
    id,
    bundleId,
    decision: some ? ("allow" as const) : ("deny" as const),
    reason: reason ?? { code: some ? ("permitted" as const) : ("no_permit" as const), message: "" },
    policies: plan.policies,
    errors: [],
    obligations: [],
    ignored: [],
  };
  return {
    ...recordOf(call, decision, refusedRequest(request), [], started),
    plan: { outcome, exact },
    replayable: false,
  };
}
