import {
  type ActionConstraintJson,
  type EntityRefJson,
  EntityUid,
  type PolicyJson,
  type ResolvedSchema,
  type ScopeConstraintJson,
} from "@cordon/engine";
import type { PolicySyntax, ScopePart } from "../syntax/index.js";
import type { Mutation } from "./mutant.js";
import { ScopeTypes } from "./scope-types.js";

/**
 * Wider scopes, a step at a time (`==` → `in` → all, `is T in X` → `is T` and `in X`), and lists of actions with
 * one left out. Where the schema has nothing that a wider scope would let in besides, the change means nothing and
 * is left out.
 */
export function scopeMutations({ policy, scope }: PolicySyntax, schema: ResolvedSchema | null): Mutation[] {
  const types = new ScopeTypes(policy, schema);
  return [
    ...widened("principal", policy.principal, types).map((text) => ["principal", text] as const),
    ...widened("resource", policy.resource, types).map((text) => ["resource", text] as const),
    ...widenedAction(policy.action, types).map((text) => ["action", text] as const),
  ]
    .map(
      ([part, text]): Mutation => ({
        kind: "scope_widened",
        what: `${part} widened to \`${text}\``,
        span: scope[part],
        text,
      }),
    )
    .concat(narrowedActions(policy, scope.action));
}

function widened(part: ScopePart, constraint: ScopeConstraintJson, types: ScopeTypes): string[] {
  switch (constraint.op) {
    case "All":
      return [];
    case "==": {
      const uid = targetText(constraint);
      const type = "entity" in constraint ? refOf(constraint.entity).type : null;
      return [...(types.hasMembers(part, type) ? [`${part} in ${uid}`] : []), part];
    }
    case "in":
      return [part];
    case "is": {
      const { entity_type: type, in: within } = constraint;
      if (within === undefined) return types.admitsOthers(part, type) ? [part] : [];
      const ancestor = "entity" in within ? refOf(within.entity).type : null;
      const others = types.admitsOthersIn(part, type, ancestor) ? [`${part} in ${targetText(within)}`] : [];
      return [`${part} is ${type}`, ...others];
    }
  }
}

function widenedAction(constraint: ActionConstraintJson, types: ScopeTypes): string[] {
  if (constraint.op === "All") return [];
  const all = types.admitsOtherActions(constraint) ? ["action"] : [];
  if (constraint.op !== "==") return all;
  const { type, id } = refOf(constraint.entity);
  const uid = EntityUid.of(type, id);
  return [...(types.hasSubactions(uid) ? [`action in ${uid}`] : []), ...all];
}

function narrowedActions({ action }: PolicyJson, span: Mutation["span"]): Mutation[] {
  if (action.op !== "in" || !("entities" in action) || action.entities.length < 2) return [];
  const uids = action.entities.map((entity) => uidText(entity));
  return uids.map((left, index): Mutation => {
    const others = uids.filter((_, other) => other !== index).join(", ");
    return { kind: "scope_narrowed", what: `\`${left}\` left out`, span, text: `action in [${others}]` };
  });
}

function targetText(target: { entity: EntityRefJson } | { slot: string }): string {
  return "slot" in target ? target.slot : uidText(target.entity);
}

function uidText(entity: EntityRefJson): string {
  const { type, id } = refOf(entity);
  return EntityUid.of(type, id).toString();
}

function refOf(entity: EntityRefJson): { type: string; id: string } {
  return "__entity" in entity ? entity.__entity : entity;
}
