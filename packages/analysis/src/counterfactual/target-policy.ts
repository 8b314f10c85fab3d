import {
  type Bundle,
  type ConditionJson,
  type Effect,
  EntityUid,
  type PolicyExplanation,
  type PolicyId,
  type PolicyJson,
  type PolicySetJson,
  type ScopeConstraintJson,
  type TemplateLinkJson,
} from "@cordon/engine";

type Ends = "principal" | "resource";

/** A policy that a search wants to apply, or not to. */
export interface TargetPolicy {
  readonly id: PolicyId;
  readonly effect: Effect;
  readonly conditions: readonly ConditionJson[];
  /** Which entity the scope wants principal or resource to be in; the one thing about a scope that can change. */
  readonly groups: Readonly<Partial<Record<Ends, EntityUid>>>;
  /** Scope parts about who and what is asked about, which no change of facts touches. */
  readonly fixed: ReadonlySet<string>;
}

/** Why no change of facts makes a policy apply: it is about another action, principal or resource. */
export interface Blocked {
  readonly part: "principal" | "action" | "resource";
  readonly text: string;
}

export function targetPolicies({ policies }: Bundle): Map<PolicyId, TargetPolicy> {
  const targets = new Map<PolicyId, TargetPolicy>();
  for (const [id, json] of Object.entries(policies.staticPolicies)) targets.set(id, target(id, json));
  for (const link of policies.templateLinks) {
    const template = policies.templates[link.templateId];
    if (template !== undefined) targets.set(link.newId, target(link.newId, template, link));
  }
  return targets;
}

/** The policies of a set that have one of these ids, alone. */
export function onlyPolicies({ policies }: Bundle, ids: ReadonlySet<PolicyId>): PolicySetJson {
  const chosen = <T>(all: Record<PolicyId, T>, keep: ReadonlySet<PolicyId>): Record<PolicyId, T> =>
    Object.fromEntries(Object.entries(all).filter(([id]) => keep.has(id)));
  const links = policies.templateLinks.filter(({ newId }) => ids.has(newId));
  return {
    staticPolicies: chosen(policies.staticPolicies, ids),
    templates: chosen(policies.templates, new Set(links.map(({ templateId }) => templateId))),
    templateLinks: links,
  };
}

/** The failing parts of the scope that no change of facts makes hold. */
export function blockedBy(
  { scope }: PolicyExplanation,
  { fixed }: TargetPolicy,
  principalTypeOf: TypeOf,
): Blocked[] {
  return scope
    .filter(({ part, holds }) => !holds && (part === "action" || fixed.has(part) || !principalTypeOf(part)))
    .map(({ part, text }) => ({ part, text }));
}

/** Whether what stands in a part of the request is of the type that a scope's `is` wants. */
export type TypeOf = (part: Ends) => boolean;

/** For `is T in G`: whether the entity is a T, without which its memberships don't matter. */
export function typesFit(
  json: PolicyJson | undefined,
  request: { principal: EntityUid; resource: EntityUid },
): TypeOf {
  return (part) => {
    const constraint = json?.[part];
    return constraint?.op !== "is" || constraint.entity_type === request[part].type;
  };
}

export function policyJson({ policies }: Bundle, id: PolicyId): PolicyJson | undefined {
  if (Object.hasOwn(policies.staticPolicies, id)) return policies.staticPolicies[id];
  const link = policies.templateLinks.find(({ newId }) => newId === id);
  return link === undefined ? undefined : policies.templates[link.templateId];
}

function target(id: PolicyId, json: PolicyJson, link?: TemplateLinkJson): TargetPolicy {
  const groups: Partial<Record<Ends, EntityUid>> = {};
  const fixed = new Set<string>(["action"]);
  for (const part of ["principal", "resource"] as const) {
    const group = groupOf(json[part], link);
    if (group === undefined) fixed.add(part);
    else groups[part] = group;
  }
  return { id, effect: json.effect, conditions: json.conditions, groups, fixed };
}

function groupOf(constraint: ScopeConstraintJson, link: TemplateLinkJson | undefined): EntityUid | undefined {
  const named = constraint.op === "in" ? constraint : constraint.op === "is" ? constraint.in : undefined;
  if (named === undefined) return undefined;
  const reference = "slot" in named ? link?.values[named.slot] : named.entity;
  if (reference === undefined) return undefined;
  const { type, id } = "__entity" in reference ? reference.__entity : reference;
  return EntityUid.of(type, id);
}
