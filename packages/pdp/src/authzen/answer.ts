import type { Decision, DecisionFailure } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import type { AuthzenError } from "./errors.js";

/**
 * An Access Evaluation Response (AuthZEN 1.0): `decision`, and everything of ours inside `context`.
 *
 * @param place where a pointer into the request lies in the body that was sent; with it the answer tells which
 * members were accepted and not used
 */
export function encodeDecision(decision: Decision, place?: (path: string) => string): JsonValue {
  const context: Record<string, JsonValue> = {
    id: decision.id,
    bundle: decision.bundleId,
    reason: { code: decision.reason.code, message: decision.reason.message },
    policies: decision.policies.map(({ id, effect, reason }) =>
      reason === undefined ? { id, effect } : { id, effect, reason },
    ),
    obligations: decision.obligations.map(({ id, policyId }) => ({ id, policy: policyId })),
    errors: decision.errors.map(({ policyId, message }) => ({ policy: policyId, message })),
  };
  if (decision.stale !== undefined) {
    context.stale = decision.stale.map(({ source, ageMs }) => ({ source, age_ms: ageMs }));
  }
  if (decision.unavailable !== undefined) {
    context.unavailable = decision.unavailable.map(({ source, code, message }) => ({
      source,
      code,
      message,
    }));
  }
  if (place !== undefined) context.ignored = decision.ignored.map(place);
  return { decision: decision.decision === "allow", context };
}

/** The answer in the place of a batch item that could not be evaluated: always a deny, saying why. */
export function encodeItemError(code: string, message: string, pointer: string, help?: string): JsonValue {
  const error: Record<string, JsonValue> = { status: 400, code, message, pointer };
  if (help !== undefined && help !== "") error.help = help;
  return { decision: false, context: { error } };
}

export function encodeUnreadable(error: AuthzenError): JsonValue {
  return encodeItemError(error.code, error.message, error.pointer, error.help);
}

export function isFailure(result: Decision | DecisionFailure): result is DecisionFailure {
  return "error" in result;
}
