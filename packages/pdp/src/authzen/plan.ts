import type { Plan, PlanRequest } from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { splitContext } from "./credentials.js";
import { identifiedAt, namedAt, objectAt, stringAt, wrongType } from "./members.js";

/** A request to show, answered as it stands by the help desk example. */
export const PLAN_EXAMPLE = {
  subject: { type: "User", id: "ann" },
  action: { name: "ticket:read" },
  resource: { type: "Ticket" },
};

/**
 * Reads the body of a plan request: ours, in AuthZEN's manner, with a resource of which only the type is given.
 *
 * @throws AuthzenError naming the member that is missing or ill-typed
 */
export function decodePlanRequest(body: JsonValue): PlanRequest {
  const request = objectAt(body, "");
  const principal = identifiedAt(request.subject, "/subject");
  const action = namedAt(request.action, "/action");
  const resourceType = stringAt(objectAt(request.resource, "/resource").type, "/resource", "type");
  const { approximate } = request;
  if (approximate !== undefined && typeof approximate !== "boolean") {
    throw wrongType(approximate, "true or false", "/approximate");
  }
  return {
    principal,
    action,
    resourceType,
    ...(approximate === undefined ? {} : { approximate }),
    ...(request.context === undefined ? {} : splitContext(request.context, "/context")),
  };
}

/** @param wire where a member of the request lies in its body; without it, ignored members are not told */
export function encodePlan(plan: Plan, wire?: (pointer: string) => string): JsonObject {
  const { id, bundleId, resourceType, policies, exact, reason, outcome, ignored } = plan;
  return {
    outcome,
    ...(plan.outcome === "when" ? { predicate: plan.predicate as JsonValue } : {}),
    exact,
    id,
    bundle: bundleId,
    resource: { type: resourceType },
    policies: policies as unknown as JsonValue,
    ...(reason === undefined ? {} : { reason }),
    ...(wire === undefined ? {} : { ignored: ignored.map(wire) }),
  };
}
