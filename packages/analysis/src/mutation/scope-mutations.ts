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
  const wider = (part: ScopePart, { text, added }: Wider): Mutation => ({
    kind: "scope_widened",
    what: `${part} widened to \`${text}\``,
    span: scope[part],
    text,
    ...(added === undefined ? {} : { added }),
  });
  return [
    ...widened("principal", policy.principal, types).map((scope) => wider("principal", scope)),
    ...widened("resource", policy.resource, types).map((scope) => wider("resource", scope)),
    ...widenedAction(policy.action, types).map((scope) => wider("action", scope)),
    ...narrowedActions(policy, scope.action),
  ];
}

type Wider = Pick<Mutation, "text" | "added">;

function widened(
  part: "principal" | "resource",
  constraint: ScopeConstraintJson,
  types: ScopeTypes,
): Wider[] {
  switch (constraint.op) {
    case "All":
      return [];
    case "==": {
      const uid = targetText(constraint);
      const type = "entity" in constraint ? refOf(constraint.entity).type : null;
      return [...(types.hasMembers(part, type) ? [{ text: `${part} in ${uid}` }] : []), { text: part }];
    }
    case "in":
      return [{ text: part }];
    case "is": {
      const { entity_type: type, in: within } = constraint;
      if (within === undefined) return besides(part, types.others(part, type), part, "");
      const ancestor = "entity" in within ? refOf(within.entity).type : null;
      const uid = ` in ${targetText(within)}`;
      const others = types.othersIn(part, type, ancestor);
      return [{ text: `${part} is ${type}` }, ...besides(part, others, part + uid, uid)];
    }
  }
}

/** A scope without its type, unless the schema has no other type that it could then be. */
function besides(part: ScopePart, types: readonly string[] | null, text: string, rest: string): Wider[] {
  if (types === null) return [{ text }];
  return types.length === 0 ? [] : [{ text, added: types.map((type) => `${part} is ${type}${rest}`) }];
}

function widenedAction(constraint: ActionConstraintJson, types: ScopeTypes): Wider[] {
  if (constraint.op === "All") return [];
  const others = types.otherActions(constraint);
  const all = others === null ? [{ text: "action" }] : allActions(others);
  if (constraint.op !== "==") return all;
  const { type, id } = refOf(constraint.entity);
  const uid = EntityUid.of(type, id);
  return [...(types.hasSubactions(uid) ? [{ text: `action in ${uid}` }] : []), ...all];
}

function allActions(others: readonly EntityUid[]): Wider[] {
  return others.length === 0 ? [] : [{ text: "action", added: others.map((uid) => `action == ${uid}`) }];
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
