import type { AuthorizationAnswer } from "@cordon/cedar";
import type { Answer } from "@cordon/engine";
import type { Answered } from "../decisions/contenders.js";

/** What all contenders that speak Cedar must agree on, in one form. */
export function answered(decision: string, reason: Iterable<string>, erring: Iterable<string>): Answered {
  return { decision, reason: [...reason].sort(), erring: [...erring].sort() };
}

export function fromEngine({ decision, reason, errors }: Answer): Answered {
  return answered(
    decision,
    reason,
    errors.map(({ policyId }) => policyId),
  );
}

export function fromCedar(answer: AuthorizationAnswer): Answered {
  if (answer.type === "failure") throw new Error(`not answered: ${JSON.stringify(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  return answered(
    decision,
    diagnostics.reason,
    diagnostics.errors.map(({ policyId }) => policyId),
  );
}
