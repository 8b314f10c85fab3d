import type { Answer, Decision, ReasonCode } from "@cordon/engine";
import type { Verdict } from "./guard.js";
import type { Refusal } from "./request-check.js";
import type { PolicyVoice, Snapshot } from "./snapshot.js";
import type { JointAnswer } from "./two-identities.js";

/** Step 6 of a decision: the answer as the caller gets it. */
export function replyTo(
  id: string,
  verdict: Verdict,
  answer: Answer,
  snapshot: Snapshot,
  ignored: string[],
): Decision {
  const policies: Decision["policies"] = [];
  const obligations: Decision["obligations"] = [];
  for (const policyId of verdict.policies) {
    const voice = snapshot.voices.get(policyId);
    if (voice === undefined) continue;
    policies.push(spoken(voice));
    for (const obligation of voice.obligations) obligations.push({ id: obligation, policyId });
  }
  return {
    decision: verdict.decision,
    id,
    bundleId: snapshot.bundle.id,
    reason: {
      code: verdict.code,
      message: explainCode(verdict.code, policies, answer, snapshot) + onWhoseAccount(verdict, answer),
    },
    policies,
    errors: answer.errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
    obligations,
    ignored,
  };
}

/** The answer to a request that the schema knows nothing of. */
export function refuse(id: string, refusal: Refusal, bundleId: string, ignored: string[]): Decision {
  return {
    decision: "deny",
    id,
    bundleId,
    reason: { code: refusal.code, message: refusal.message },
    policies: [],
    errors: [],
    obligations: [],
    ignored,
  };
}

/** The answer in place of one whose record could not be written. */
export function denyUnlogged(decision: Decision): Decision {
  return {
    ...decision,
    decision: "deny",
    reason: { code: "log_unavailable", message: "the decision could not be written to the decision log" },
    policies: [],
    obligations: [],
  };
}

function onWhoseAccount({ decision }: Verdict, { deniedFor }: JointAnswer): string {
  return decision === "allow" || deniedFor === undefined
    ? ""
    : `; denied to \`${deniedFor}\`, who acts for the principal`;
}

function spoken({ id, effect, reason }: PolicyVoice): Decision["policies"][number] {
  return reason === undefined ? { id, effect } : { id, effect, reason };
}

function explainCode(
  code: ReasonCode,
  policies: Decision["policies"],
  answer: Answer,
  { voices }: Snapshot,
): string {
  const [first, ...others] = policies;
  switch (code) {
    case "permitted":
    case "forbidden": {
      const verb = code === "permitted" ? "permitted" : "forbidden";
      if (first === undefined) return verb;
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      return `${verb} by \`${first.id}\`${more}${first.reason === undefined ? "" : `: ${first.reason}`}`;
    }
    case "forbid_errored": {
      const broken = answer.errors.filter(({ policyId }) => voices.get(policyId)?.effect !== "permit");
      return `denied because a \`forbid\` could not be evaluated: ${listIds(broken)}`;
    }
    default: {
      const { errors } = answer;
      return `no policy permits this${errors.length === 0 ? "" : `; not evaluated: ${listIds(errors)}`}`;
    }
  }
}

function listIds(errors: Answer["errors"]): string {
  return errors.map(({ policyId }) => `\`${policyId}\``).join(", ");
}
