import type { Entities, Entity } from "../entities/types.js";
import type { Request } from "../request.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CompiledPolicy } from "./compiled.js";
import { type ActionRow, ScopeActions } from "./scope-actions.js";
import { Bucket } from "./scope-bucket.js";
import { ScopeNames, type Seeker } from "./scope-names.js";

/**
 * Finds the policies whose scope holds, by action, then principal, then resource. A policy sits under what
 * each part of its scope asks for; a request looks under its own entities and their ancestors, so policies
 * that can't match cost nothing.
 */
export class ScopeIndex {
  readonly #names = new ScopeNames();
  readonly #actions = new ScopeActions(this.#names);
  /** Of the latest request: whoever asks for many things at once asks for one principal. */
  #latest: Latest | undefined;

  constructor(policies: Iterable<CompiledPolicy> = []) {
    for (const policy of policies) this.add(policy);
  }

  add(policy: CompiledPolicy): void {
    this.#latest = undefined;
    const { action, principal } = policy.scope;
    const { principals } = this.#actions.getOrAdd(action);
    let bucket = principals.get(principal);
    if (bucket === undefined) {
      bucket = new Bucket(this.#names);
      principals.add(principal, bucket);
    }
    bucket.add(policy);
  }

  /** Takes out a policy that was added. */
  delete(policy: CompiledPolicy): void {
    this.#latest = undefined;
    const { action, principal } = policy.scope;
    const principals = this.#actions.get(action)?.principals;
    const bucket = principals?.get(principal);
    bucket?.delete(policy);
    if (bucket?.isEmpty) principals?.delete(principal);
    if (principals?.isEmpty) this.#actions.delete(action);
  }

  /** Exactly the policies whose scope holds, each once, in no particular order. */
  candidates(request: Request, entities: Entities): CompiledPolicy[] {
    const found: CompiledPolicy[] = [];
    let resource: Seeker | undefined;
    for (const bucket of this.#buckets(request, entities)) {
      if (bucket.seeks) resource ??= this.#names.seek(request.resource, entities.get(request.resource));
      bucket.find(request, entities, resource, found);
    }
    return found;
  }

  /** Those of the action and the principal. */
  #buckets({ action, principal }: Request, entities: Entities): readonly Bucket[] {
    const rows = this.#actions.find(action, entities.get(action));
    const entity = entities.get(principal);
    const latest = this.#latest;
    // An entity object never changes, so the same one has the same ancestors.
    const isSame = latest?.rows === rows && latest.entity === entity && latest.principal.equals(principal);
    if (isSame) return latest.buckets;
    const buckets: Bucket[] = [];
    if (rows.length > 0) {
      const seeker = this.#names.seek(principal, entity);
      for (const row of rows) row.principals.find(seeker, buckets);
    }
    this.#latest = { rows, principal, entity, buckets };
    return buckets;
  }
}

interface Latest {
  readonly rows: readonly ActionRow[];
  readonly principal: EntityUid;
  readonly entity: Entity | undefined;
  readonly buckets: readonly Bucket[];
}
