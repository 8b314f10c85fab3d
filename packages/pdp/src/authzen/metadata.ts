import type { JsonValue } from "@cordon/engine/json";

/**
 * The PDP metadata of AuthZEN 1.0 ("Policy Decision Point Metadata"). It names what is served: the absence of a
 * parameter is how a PEP learns that an API isn't.
 *
 * @param base URL of this decision point, without a slash at its end
 */
export function metadata(base: string): JsonValue {
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    search_subject_endpoint: `${base}/access/v1/search/subject`,
    search_resource_endpoint: `${base}/access/v1/search/resource`,
    search_action_endpoint: `${base}/access/v1/search/action`,
  };
}
