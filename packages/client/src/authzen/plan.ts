import { type Plan, type PlanPolicy, type PlanRequest, RequestError } from "@cordon/engine";
import { bad, decodeIgnored, decodeReason, listAt, objectAt, textAt } from "./answer.js";
import { encodeRequest } from "./request.js";

/** A plan request as the server reads it: an evaluation whose resource is any of a type. */
export function encodePlanRequest({ resourceType, approximate, ...request }: PlanRequest): unknown {
  const { resource: _, ...wire } = encodeRequest({ ...request, resource: { type: resourceType, id: "" } });
  return { ...wire, resource: { type: resourceType }, ...(approximate === undefined ? {} : { approximate }) };
}

/**
 * Reads a plan. One that is not exactly as it should be is no plan: a list made by it would be wrong.
 *
 * @throws DeciderUnavailable (`bad_answer`)
 */
export function decodePlan(answer: unknown): Plan {
  const told = objectAt(answer, "the answer");
  const { outcome, exact, predicate } = told;
  if (typeof exact !== "boolean") throw bad("`exact` is not a boolean");
  const plan = {
    id: textAt(told, "id"),
    bundleId: textAt(told, "bundle"),
    resourceType: textAt(objectAt(told.resource, "`resource`"), "type"),
    policies: listAt(told, "policies") as unknown as PlanPolicy[],
    exact,
    ...(told.reason === undefined ? {} : { reason: decodeReason(told.reason, false) }),
    ignored: decodeIgnored(told.ignored),
  };
  switch (outcome) {
    case "always":
    case "never":
      return { ...plan, outcome };
    case "when":
      return { ...plan, outcome, predicate: objectAt(predicate, "`predicate`") };
    default:
      throw bad("`outcome` is not one of `always`, `never` and `when`");
  }
}

/** Throws an error on, with its pointer into the body that was sent made one into the request that the caller gave. */
export function throwNative(error: unknown): never {
  if (!(error instanceof RequestError) || error.path !== "/resource/type") throw error;
  const { code, message, help } = error;
  throw new RequestError(code, message, { help, path: "/resourceType" });
}
