import type { EntityUidJson } from "../schema.js";
import type { CedarValueJson } from "../value/types.js";

export type PolicyId = string;
export type Effect = "permit" | "forbid";
export type SlotId = "?principal" | "?resource";
export type EntityRefJson = EntityUidJson | { __entity: EntityUidJson };

/** One policy or template in Cedar's JSON policy format. */
export interface PolicyJson {
  effect: Effect;
  principal: ScopeConstraintJson;
  action: ActionConstraintJson;
  resource: ScopeConstraintJson;
  conditions: ConditionJson[];
  /** A `null` stands for an annotation without a value. */
  annotations?: Record<string, string | null>;
}

export type ScopeConstraintJson =
  | { op: "All" }
  | { op: "=="; entity: EntityRefJson }
  | { op: "=="; slot: SlotId }
  | { op: "in"; entity: EntityRefJson }
  | { op: "in"; slot: SlotId }
  | { op: "is"; entity_type: string; in?: { entity: EntityRefJson } | { slot: SlotId } };

export type ActionConstraintJson =
  | { op: "All" }
  | { op: "=="; entity: EntityRefJson }
  | { op: "in"; entity: EntityRefJson }
  | { op: "in"; entities: EntityRefJson[] };

export interface ConditionJson {
  kind: "when" | "unless";
  body: ExprJson;
}

export interface BinaryJson {
  left: ExprJson;
  right: ExprJson;
}

export type PatternElementJson = "Wildcard" | { Literal: string };

/** Exactly one member is set; an unknown member name is an extension function with its arguments. */
export type ExprJson =
  | { Value: CedarValueJson }
  | { Var: "principal" | "action" | "resource" | "context" }
  | { Slot: SlotId }
  | { "!": { arg: ExprJson } }
  | { neg: { arg: ExprJson } }
  | { isEmpty: { arg: ExprJson } }
  | { "==": BinaryJson }
  | { "!=": BinaryJson }
  | { in: BinaryJson }
  | { "<": BinaryJson }
  | { "<=": BinaryJson }
  | { ">": BinaryJson }
  | { ">=": BinaryJson }
  | { "&&": BinaryJson }
  | { "||": BinaryJson }
  | { "+": BinaryJson }
  | { "-": BinaryJson }
  | { "*": BinaryJson }
  | { contains: BinaryJson }
  | { containsAll: BinaryJson }
  | { containsAny: BinaryJson }
  | { hasTag: BinaryJson }
  | { getTag: BinaryJson }
  | { ".": { left: ExprJson; attr: string } }
  | { has: { left: ExprJson; attr: string | string[] } }
  | { like: { left: ExprJson; pattern: PatternElementJson[] } }
  | { is: { left: ExprJson; entity_type: string; in?: ExprJson } }
  | { "if-then-else": { if: ExprJson; then: ExprJson; else: ExprJson } }
  | { Set: ExprJson[] }
  | { Record: Record<string, ExprJson> }
  | ExtensionCallJson;

export interface ExtensionCallJson {
  [fn: string]: ExprJson[];
}

export interface TemplateLinkJson {
  templateId: PolicyId;
  newId: PolicyId;
  values: Partial<Record<SlotId, EntityRefJson>>;
}

export interface PolicySetJson {
  staticPolicies: Record<PolicyId, PolicyJson>;
  templates: Record<PolicyId, PolicyJson>;
  templateLinks: TemplateLinkJson[];
}
