import type { JsonValue } from "@cordon/engine/json";

/**
 * The PDP metadata of AuthZEN 1.0 ("Policy Decision Point Metadata"). It names no search endpoint, since the
 * absence of a parameter is how a PEP learns that the API isn't served.
 *
 * @param base URL of this decision point, without a slash at its end
 */
export function metadata(base: string): JsonValue {
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
  };
}
