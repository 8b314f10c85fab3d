import {
  type ActionConstraintJson,
  type ActionSchema,
  type EntityRefJson,
  EntityUid,
  type PolicyJson,
  type ResolvedSchema,
} from "@cordon/engine";
import type { ScopePart } from "../syntax/index.js";

/**
 * What a schema lets a policy's scope meet, to tell whether a wider one would mean anything. In doubt, and without
 * a schema, it would.
 */
export class ScopeTypes {
  readonly #schema: ResolvedSchema | null;
  readonly #policy: PolicyJson;

  constructor(policy: PolicyJson, schema: ResolvedSchema | null) {
    this.#policy = policy;
    this.#schema = schema;
  }

  /** Whether the part can be of a type that may lie within an entity of `type`. */
  hasMembers(part: ScopePart, type: string | null): boolean {
    if (this.#schema === null || type === null) return true;
    return [...this.#typesOf(part)].some((candidate) => this.#within(candidate, type));
  }

  /** Types other than this one that the part can be of; null where anything is possible. */
  others(part: ScopePart, type: string): string[] | null {
    return this.#schema === null ? null : [...this.#typesOf(part)].filter((candidate) => candidate !== type);
  }

  /** As `others`, but only those that can lie within an entity of type `ancestor`. */
  othersIn(part: ScopePart, type: string, ancestor: string | null): string[] | null {
    const others = this.others(part, type);
    if (others === null || ancestor === null) return others;
    return others.filter((candidate) => candidate === ancestor || this.#within(candidate, ancestor));
  }

  hasSubactions(uid: EntityUid): boolean {
    if (this.#schema === null) return true;
    return Object.values(this.#schema.actions).some(({ memberOf }) =>
      memberOf.some(({ type, id }) => EntityUid.of(type, id).equals(uid)),
    );
  }

  /** Actions that the constraint leaves out and that, all else being equal, a request could have. */
  otherActions(constraint: ActionConstraintJson): EntityUid[] | null {
    if (this.#schema === null) return null;
    const [principals, resources] = [this.#allowed("principal"), this.#allowed("resource")];
    return Object.values(this.#schema.actions)
      .filter(
        (action) =>
          !this.#matches(constraint, action) &&
          action.principalTypes.some((type) => principals === null || principals.has(type)) &&
          action.resourceTypes.some((type) => resources === null || resources.has(type)),
      )
      .map(({ uid }) => EntityUid.of(uid.type, uid.id));
  }

  /** Types that the part can have in requests for the policy's actions. */
  #typesOf(part: ScopePart): Set<string> {
    const actions = Object.values(this.#schema?.actions ?? {}).filter((action) =>
      this.#matches(this.#policy.action, action),
    );
    return new Set(
      actions.flatMap((action) => (part === "principal" ? action.principalTypes : action.resourceTypes)),
    );
  }

  /** The types that the policy's own scope allows of a part; null for any. */
  #allowed(part: "principal" | "resource"): Set<string> | null {
    const constraint = this.#policy[part];
    if (constraint.op === "is") return new Set([constraint.entity_type]);
    if (constraint.op === "==" && "entity" in constraint) return new Set([refOf(constraint.entity).type]);
    return null;
  }

  #matches(constraint: ActionConstraintJson, action: ActionSchema): boolean {
    if (constraint.op === "All") return true;
    if (constraint.op === "==") return same(refOf(constraint.entity), action.uid);
    const targets = "entities" in constraint ? constraint.entities : [constraint.entity];
    return targets.some((target) => this.#actionWithin(action, refOf(target)));
  }

  #actionWithin(action: ActionSchema, target: Uid): boolean {
    if (same(action.uid, target)) return true;
    return action.memberOf.some((parent) => {
      if (same(parent, target)) return true;
      const above = this.#schema?.actions[EntityUid.of(parent.type, parent.id).toString()];
      return above !== undefined && this.#actionWithin(above, target);
    });
  }

  /** Whether entities of one type may have an ancestor of another. */
  #within(type: string, ancestor: string): boolean {
    const seen = new Set<string>();
    const pending = [type];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const parent of this.#schema?.entityTypes[next]?.memberOfTypes ?? []) {
        if (parent === ancestor) return true;
        if (!seen.has(parent)) pending.push(parent);
        seen.add(parent);
      }
    }
    return false;
  }
}

interface Uid {
  type: string;
  id: string;
}

function same(a: Uid, b: Uid): boolean {
  return a.type === b.type && a.id === b.id;
}

function refOf(entity: EntityRefJson): Uid {
  return "__entity" in entity ? entity.__entity : entity;
}
