import type { Entities, Entity } from "../entities/types.js";
import type { Request } from "../request.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CompiledPolicy } from "./compiled.js";
import { holds } from "./scope.js";
import { type ActionRow, ScopeActions } from "./scope-actions.js";
import { Bucket } from "./scope-bucket.js";
import { type OpenSeeker, ScopeNames, type Seeker } from "./scope-names.js";

/**
 * Finds the policies whose scope holds, by action, then principal, then resource. A policy sits under what
 * each part of its scope asks for; a request looks under its own entities and their ancestors, so policies
 * that can't match cost nothing.
 */
export class ScopeIndex {
  readonly #names = new ScopeNames();
  readonly #actions = new ScopeActions(this.#names);
  /** Stands for the present policies. */
  #edition = {};
  /** Of the latest request: whoever asks for many things at once asks for one principal. */
  #latest: Latest | undefined;

  constructor(policies: Iterable<CompiledPolicy> = []) {
    for (const policy of policies) this.add(policy);
  }

  add(policy: CompiledPolicy): void {
    this.#bucketOf(policy).add(policy);
  }

  /** Takes out a policy that was added; the place that it had stays. */
  delete(policy: CompiledPolicy): void {
    this.#bucketOf(policy).delete(policy);
  }

  #bucketOf({ scope: { action, principal } }: CompiledPolicy): Bucket {
    this.#edition = {};
    this.#latest = undefined;
    const { principals } = this.#actions.getOrAdd(action);
    return principals.getOrAdd(principal, () => new Bucket(this.#names));
  }

  /** Exactly the policies whose scope holds, each once, in no particular order. */
  candidates(request: Request, entities: Entities): CompiledPolicy[] {
    const { always, few, many } = this.#reach(request, entities);
    const found = always.slice();
    for (const policy of few) {
      if (holds(policy.scope.resource, request.resource, entities)) found.push(policy);
    }
    if (many.length > 0) {
      const seeker = this.#names.seek(request.resource, entities.get(request.resource));
      for (const bucket of many) bucket.find(seeker, found);
    }
    return found;
  }

  /** All policies whose scope may hold, each once, and perhaps others, where not everything is known of the request. */
  possible(action: Sought, principal: Sought, resource: Sought): CompiledPolicy[] {
    const rows =
      "uid" in action && !action.isOpen
        ? this.#actions.find(action.uid, action.entity)
        : this.#actions.findPossible(this.#open(action));
    const buckets: Bucket[] = [];
    const closed = "uid" in principal && !principal.isOpen ? principal : undefined;
    const seeker = closed && this.#names.seek(closed.uid, closed.entity);
    for (const { principals } of rows) {
      if (seeker === undefined) principals.findPossible(this.#open(principal), buckets);
      else principals.find(seeker, buckets);
    }
    const found: CompiledPolicy[] = [];
    for (const bucket of buckets) bucket.findPossible(this.#open(resource), found);
    return found;
  }

  #open(sought: Sought): OpenSeeker {
    if (!("uid" in sought)) return { type: sought.type, name: null };
    return { type: sought.uid.type, name: this.#names.get(sought.uid) };
  }

  /** Where the action and the principal lead to: for one principal, and mostly for all with the same parents, looked up once. */
  #reach({ action, principal }: Request, entities: Entities): Reach {
    const rows = this.#actions.find(action, entities.get(action));
    const entity = entities.get(principal);
    const latest = this.#latest;
    // An entity object never changes, so the same one has the same ancestors.
    if (latest !== undefined && latest.entity === entity && latest.principal.equals(principal)) {
      if (latest.reach.rows === rows) return latest.reach;
    }
    const reach = this.#search(rows, this.#names.seek(principal, entity));
    this.#latest = { principal, entity, reach };
    return reach;
  }

  #search(rows: readonly ActionRow[], seeker: Seeker): Reach {
    // Those that policies name themselves find more than their kin.
    const kin = seeker.name === undefined ? seeker.kin : undefined;
    const known = kin?.reach;
    if (known instanceof Reach && known.isFor(this.#edition, rows, seeker.type)) return known;
    const buckets: Bucket[] = [];
    for (const row of rows) row.principals.find(seeker, buckets);
    const reach = new Reach(this.#edition, rows, seeker.type, buckets);
    if (kin !== undefined) kin.reach = reach;
    return reach;
  }
}

/** One entity of a request of which not everything is known: what is, if only its type. */
export type Sought =
  | { readonly type: string | undefined }
  | {
      readonly uid: EntityUid;
      readonly entity: Entity | undefined;
      /** Whether its ancestors are not known. */
      readonly isOpen: boolean;
    };

/** Policies of some rows for principals of a type and with certain ancestors. */
class Reach {
  readonly edition: object;
  readonly rows: readonly ActionRow[];
  readonly type: string;
  /** Policies about any resource: they apply. */
  readonly always: readonly CompiledPolicy[];
  /** Policies about some resource, whose constraint on it is to be tested. */
  readonly few: readonly CompiledPolicy[];
  /** Where there are so many that those about the resource are looked up. */
  readonly many: readonly Bucket[];

  constructor(edition: object, rows: readonly ActionRow[], type: string, buckets: readonly Bucket[]) {
    this.edition = edition;
    this.rows = rows;
    this.type = type;
    this.always = buckets.flatMap((bucket) => bucket.always);
    this.few = buckets.flatMap((bucket) => bucket.few);
    this.many = buckets.filter((bucket) => bucket.hasMany);
  }

  isFor(edition: object, rows: readonly ActionRow[], type: string): boolean {
    return this.edition === edition && this.rows === rows && this.type === type;
  }
}

interface Latest {
  readonly principal: EntityUid;
  readonly entity: Entity | undefined;
  readonly reach: Reach;
}
