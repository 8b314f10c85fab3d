import type { Entities } from "../entities/types.js";
import type { Request } from "../request.js";
import type { CompiledPolicy } from "./compiled.js";
import { ScopeActions } from "./scope-actions.js";
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

  constructor(policies: Iterable<CompiledPolicy>) {
    for (const policy of policies) this.add(policy);
  }

  add(policy: CompiledPolicy): void {
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
    const rows = this.#actions.find(request.action, entities.get(request.action));
    if (rows.length === 0) return found;
    const buckets: Bucket[] = [];
    const principal = this.#names.seek(request.principal, entities.get(request.principal));
    for (const row of rows) row.principals.find(principal, buckets);
    let resource: Seeker | undefined;
    for (const bucket of buckets) {
      if (bucket.seeks) resource ??= this.#names.seek(request.resource, entities.get(request.resource));
      bucket.find(request, entities, resource, found);
    }
    return found;
  }
}
