import type { Frame } from "../frame.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { type Constraint, holds } from "../policy/scope.js";

/** How many policies are worth going through one by one; beyond, the index finds the few that apply. */
const MOST_POLICIES = 24;

/**
 * Those whose scope holds for some request with the frame's action and types, in the order of the set; null where they
 * are too many.
 */
export function policiesFor(policies: readonly CompiledPolicy[], frame: Frame): CompiledPolicy[] | null {
  const found: CompiledPolicy[] = [];
  for (const policy of policies) {
    const { principal, action, resource } = policy.scope;
    if (
      admitsType(principal, frame.principal.type) &&
      admitsType(resource, frame.resource.type) &&
      holds(action, frame.action, frame)
    ) {
      if (found.length === MOST_POLICIES) return null;
      found.push(policy);
    }
  }
  return found;
}

function admitsType(constraint: Constraint, type: string): boolean {
  if (constraint.op === "any" || constraint.op === "in") return true;
  return (constraint.op === "==" ? constraint.uid.type : constraint.type) === type;
}
