import type { Entities, Entity } from "../entities/types.js";
import type { Request } from "../request.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CompiledPolicy } from "./compiled.js";
import type { Constraint } from "./scope.js";

type ByResource = Map<string, CompiledPolicy[]>;
type ByPrincipal = Map<string, ByResource>;

/** Key of a constraint that names nothing. No entity key is empty: each holds a quote. */
const ANYTHING = "";

/**
 * Finds the policies whose scope can match, by what the scope names: action, then principal, then resource.
 * A policy sits under the entity (or else the type) that each part of its scope names; a request looks under
 * its own entities and their ancestors. Policies that name something else are never looked at.
 */
export class ScopeIndex {
  readonly #byAction = new Map<string, ByPrincipal>();
  /** An entity object never changes, so neither do its keys. */
  readonly #keysOfEntity = new WeakMap<Entity, ReadonlySet<string>>();

  constructor(policies: Iterable<CompiledPolicy>) {
    for (const policy of policies) {
      for (const action of keysOf(policy.scope.action)) {
        for (const principal of keysOf(policy.scope.principal)) {
          for (const resource of keysOf(policy.scope.resource))
            this.#add(policy, action, principal, resource);
        }
      }
    }
  }

  /** Each policy at most once; a superset of those whose scope holds. */
  candidates(request: Request, entities: Entities): CompiledPolicy[] {
    const found: CompiledPolicy[] = [];
    const principalKeys = this.#lookupKeys(request.principal, entities);
    const resourceKeys = this.#lookupKeys(request.resource, entities);
    let actionHits = 0;
    for (const byPrincipal of hits(this.#byAction, this.#lookupKeys(request.action, entities))) {
      actionHits += 1;
      for (const byResource of hits(byPrincipal, principalKeys)) {
        for (const policies of hits(byResource, resourceKeys)) {
          for (const policy of policies) found.push(policy);
        }
      }
    }
    // Only a list of actions puts a policy under several keys, of which a request may hit more than one.
    return actionHits > 1 ? [...new Set(found)] : found;
  }

  /** Where policies that match this entity can sit; a type has no quote in it, so it is no entity's key. */
  #lookupKeys(uid: EntityUid, entities: Entities): ReadonlySet<string> {
    const entity = entities.get(uid);
    if (entity === undefined) return new Set([ANYTHING, uid.type, uid.key]);
    let keys = this.#keysOfEntity.get(entity);
    if (keys === undefined) {
      keys = new Set([
        ANYTHING,
        uid.type,
        uid.key,
        ...[...entity.ancestors()].map((ancestor) => ancestor.key),
      ]);
      this.#keysOfEntity.set(entity, keys);
    }
    return keys;
  }

  #add(policy: CompiledPolicy, action: string, principal: string, resource: string): void {
    const byPrincipal = getOrAdd(this.#byAction, action, () => new Map<string, ByResource>());
    const byResource = getOrAdd(byPrincipal, principal, () => new Map<string, CompiledPolicy[]>());
    getOrAdd(byResource, resource, () => []).push(policy);
  }
}

function getOrAdd<T>(map: Map<string, T>, key: string, create: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

function keysOf(constraint: Constraint): readonly string[] {
  switch (constraint.op) {
    case "any":
      return [ANYTHING];
    case "==":
      return [constraint.uid.key];
    case "in":
      return [...new Set(constraint.uids.map((uid) => uid.key))];
    case "is":
      return [constraint.in?.key ?? constraint.type];
  }
}

/** Goes through the smaller of the two sides. */
function hits<T>(map: ReadonlyMap<string, T>, keys: ReadonlySet<string>): T[] {
  const found: T[] = [];
  if (keys.size <= map.size) {
    for (const key of keys) {
      const value = map.get(key);
      if (value !== undefined) found.push(value);
    }
  } else {
    for (const [key, value] of map) if (keys.has(key)) found.push(value);
  }
  return found;
}
