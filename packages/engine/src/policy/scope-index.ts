import type { Entities, Entity } from "../entities/types.js";
import type { Request } from "../request.js";
import type { CompiledPolicy } from "./compiled.js";
import { type ActionRows, ScopeActions } from "./scope-actions.js";
import { Bucket } from "./scope-bucket.js";
import { ScopeNames, type Seat } from "./scope-names.js";
import { Reach } from "./scope-reach.js";

/** For so many kinds of actions is kept where a principal leads to. */
const MOST_REACHES = 64;

/**
 * Finds the policies whose scope holds, by action, then principal, then resource. A policy sits under what
 * each part of its scope asks for; a request looks under its own entities and their ancestors, so policies
 * that can't match cost nothing.
 */
export class ScopeIndex {
  readonly names = new ScopeNames();
  readonly actions = new ScopeActions(this.names);

  constructor(policies: Iterable<CompiledPolicy>) {
    for (const policy of policies) this.add(policy);
  }

  add(policy: CompiledPolicy): void {
    this.#bucketOf(policy).add(policy, this.names);
  }

  /** Takes out a policy that was added; the place that it had stays. */
  delete(policy: CompiledPolicy): void {
    this.#bucketOf(policy).delete(policy);
  }

  #bucketOf({ scope: { action, principal } }: CompiledPolicy): Bucket {
    this.names.forget();
    const { principals } = this.actions.getOrAdd(action);
    return principals.getOrAdd(principal, () => new Bucket());
  }

  /** Exactly the policies whose scope holds, each once. */
  candidates({ principal, action, resource }: Request, entities: Entities): readonly CompiledPolicy[] {
    const names = this.names;
    const actionEntity = entities.get(action);
    const rows = this.actions.find(action.type, actionEntity, names.seatOf(action, actionEntity));
    const principalEntity = entities.get(principal);
    const reach = this.#reach(
      rows,
      principal.type,
      principalEntity,
      names.seatOf(principal, principalEntity),
    );
    const entity = entities.get(resource);
    return reach.policies(resource.type, entity, names.seatOf(resource, entity));
  }

  #reach(rows: ActionRows, type: string, entity: Entity | undefined, seat: Seat): Reach {
    const place = rows.number % MOST_REACHES;
    const known = seat.reaches[place] as Reach | undefined;
    if (known !== undefined && known.rows === rows && known.type === type) return known;
    const buckets: Bucket[] = [];
    for (const row of rows.rows) row.principals.find(type, entity, seat, buckets);
    const reach = new Reach(rows, type, buckets, this.names);
    seat.reaches[place] = reach;
    this.names.remember(reach.size);
    return reach;
  }
}
