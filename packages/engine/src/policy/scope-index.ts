import type { Entities, Entity } from "../entities/types.js";
import type { Request } from "../request.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CompiledPolicy } from "./compiled.js";
import type { Constraint } from "./scope.js";

/** Key of a constraint that names nothing. No entity key is empty: each holds a quote. */
const ANYTHING = "";

/** One part of the scope: for each key that policies have there, what comes below. */
class Level {
  readonly branches: Branch[] = [];
  readonly #byKey = new Map<string, Branch>();

  get(key: string): Branch | undefined {
    return this.#byKey.get(key);
  }

  getOrAdd(key: string): Branch {
    let branch = this.#byKey.get(key);
    if (branch === undefined) {
      branch = { key, next: new Level(), policies: [] };
      this.#byKey.set(key, branch);
      this.branches.push(branch);
    }
    return branch;
  }
}

interface Branch {
  readonly key: string;
  readonly next: Level;
  /** Those whose whole scope leads here; only at the last level. */
  readonly policies: CompiledPolicy[];
}

/** Keys of the request's action, principal and resource. */
type LookupKeys = readonly ReadonlySet<string>[];

/**
 * Finds the policies whose scope can match, by what the scope names: action, then principal, then resource.
 * A policy sits under the entity (or else the type) that each part of its scope names; a request looks under
 * its own entities and their ancestors. Policies that name something else are never looked at.
 */
export class ScopeIndex {
  readonly #root = new Level();
  /** An entity object never changes, so neither do its keys. */
  readonly #keysOfEntity = new WeakMap<Entity, ReadonlySet<string>>();

  constructor(policies: Iterable<CompiledPolicy>) {
    for (const policy of policies) {
      const { action, principal, resource } = policy.scope;
      for (const actionKey of keysOf(action)) {
        for (const principalKey of keysOf(principal)) {
          const level = this.#root.getOrAdd(actionKey).next.getOrAdd(principalKey).next;
          for (const resourceKey of keysOf(resource)) level.getOrAdd(resourceKey).policies.push(policy);
        }
      }
    }
  }

  /** Each policy at most once; a superset of those whose scope holds. */
  candidates(request: Request, entities: Entities): CompiledPolicy[] {
    const found: CompiledPolicy[] = [];
    const keys = [
      this.#lookupKeys(request.action, entities),
      this.#lookupKeys(request.principal, entities),
      this.#lookupKeys(request.resource, entities),
    ];
    const actionHits = collect(this.#root, keys, 0, found);
    // Only a list of actions puts a policy under several keys, of which a request may hit more than one.
    return actionHits > 1 ? [...new Set(found)] : found;
  }

  /** Where policies that match this entity can sit; a type has no quote in it, so it is no entity's key. */
  #lookupKeys(uid: EntityUid, entities: Entities): ReadonlySet<string> {
    const entity = entities.get(uid);
    const known = entity === undefined ? undefined : this.#keysOfEntity.get(entity);
    if (known !== undefined) return known;
    const keys = new Set([ANYTHING, uid.type, uid.key]);
    if (entity === undefined) return keys;
    for (const ancestor of entity.ancestors()) keys.add(ancestor.key);
    // Those without ancestors are quicker made again than kept, above all for entities of one request.
    if (keys.size > 3) this.#keysOfEntity.set(entity, keys);
    return keys;
  }
}

/** Adds what lies under the keys, going through the smaller of the two sides; returns how many keys hit. */
function collect(level: Level, keys: LookupKeys, depth: number, found: CompiledPolicy[]): number {
  const wanted = keys[depth];
  if (wanted === undefined) return 0;
  let count = 0;
  if (level.branches.length <= wanted.size) {
    for (const branch of level.branches) {
      if (wanted.has(branch.key)) count += enter(branch, keys, depth, found);
    }
  } else {
    for (const key of wanted) {
      const branch = level.get(key);
      if (branch !== undefined) count += enter(branch, keys, depth, found);
    }
  }
  return count;
}

function enter(branch: Branch, keys: LookupKeys, depth: number, found: CompiledPolicy[]): 1 {
  for (const policy of branch.policies) found.push(policy);
  collect(branch.next, keys, depth + 1, found);
  return 1;
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
