import type { FieldPlan, Fields } from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { encodeDecision, encodeItemError, isFailure } from "./answer.js";
import { encodePlan } from "./plan.js";

/**
 * What a question for attributes is answered with: the evaluation of the action itself, with `fields` beside, and the
 * evaluations of the actions that some of them take.
 */
export function encodeFields(
  { decision, allowed, masked, hidden, needed }: Fields,
  place?: (path: string) => string,
): JsonObject {
  const answer = encodeDecision(decision, place) as JsonObject;
  return {
    ...answer,
    fields: { allowed: [...allowed], masked: masked as JsonObject, hidden: [...hidden] },
    needed: needed.map(({ action, attributes, decision: beside }): JsonValue => {
      const evaluation = isFailure(beside)
        ? encodeItemError(beside.error.code, beside.error.message, beside.error.path ?? "", beside.error.help)
        : encodeDecision(beside, place);
      return { action: { name: action }, attributes: [...attributes], ...(evaluation as JsonObject) };
    }),
  };
}

export function encodeFieldPlan(
  { rows, allowed, groups }: FieldPlan,
  place?: (path: string) => string,
): JsonObject {
  return {
    rows: encodePlan(rows, place),
    allowed: [...allowed],
    groups: groups.map(({ action, attributes, mask, plan }): JsonValue => {
      const group = { action: { name: action }, attributes: [...attributes], plan: encodePlan(plan, place) };
      return mask === undefined ? group : { ...group, mask: mask as JsonValue };
    }),
  };
}
