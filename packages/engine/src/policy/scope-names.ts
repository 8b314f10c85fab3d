import type { Entity } from "../entities/types.js";
import { UidMap } from "../entities/uid-map.js";
import { UidSet } from "../entities/uid-set.js";
import type { EntityUid } from "../value/entity-uid.js";

/** An entity that the scope of some policy names. There is one such object a uid, so maps go by its identity. */
export interface Name {
  readonly uid: EntityUid;
}

/** An entity of a request, by what policies can know of it: its type, its name, the names it is under. */
export interface Seeker {
  readonly type: string;
  readonly entity: Entity | undefined;
  /** Undefined where no policy names it. */
  readonly name: Name | undefined;
  /** Its proper ancestors, as far as policies name them. */
  readonly above: readonly Name[];
  /** What all that have these ancestors share; undefined where that can't be told. */
  readonly kin: Kin | undefined;
}

/** An entity of which not everything is known: perhaps its ancestors, perhaps its id, perhaps even its type. */
export interface OpenSeeker {
  readonly type: string | undefined;
  /** Null where its id is unknown, undefined where no policy names it. */
  readonly name: Name | undefined | null;
}

/** What was found out about a set of ancestors. */
export interface Kin {
  /** Which names there were. */
  readonly edition: object;
  readonly above: readonly Name[];
  /** Where a search among policies led to, for whoever searches. */
  reach: object | undefined;
}

const NONE: readonly Name[] = [];

/**
 * The entities that policies name. What only requests or entities mention has no name here, so nothing that
 * is asked makes this grow, and however many ancestors an entity has, only those with a name are looked for.
 */
export class ScopeNames {
  readonly #names = new UidMap<Name>();
  /** Stands for the present names: what was found with other names is found anew. */
  #edition = {};

  /** The name of an entity, which has one from now on. */
  nameOf(uid: EntityUid): Name {
    let name = this.#names.get(uid);
    if (name === undefined) {
      name = { uid };
      this.#names.set(uid, name);
      this.#edition = {};
    }
    return name;
  }

  get(uid: EntityUid): Name | undefined {
    return this.#names.get(uid);
  }

  seek(uid: EntityUid, entity: Entity | undefined): Seeker {
    const { type } = uid;
    const name = this.#names.get(uid);
    const ancestors = entity?.ancestors();
    if (!(ancestors instanceof UidSet)) {
      return { type, entity, name, above: this.#named(ancestors ?? [], name), kin: undefined };
    }
    const kin = this.#kinOf(ancestors);
    return { type, entity, name, above: kin.above, kin };
  }

  #kinOf(ancestors: UidSet): Kin {
    const { memo } = ancestors;
    if (memo !== undefined && memo.edition === this.#edition) return memo as Kin;
    const kin = { edition: this.#edition, above: this.#named(ancestors, undefined), reach: undefined };
    ancestors.memo = kin;
    return kin;
  }

  /** Without the entity itself, whatever an implementation of `Entity` counts among its ancestors. */
  #named(uids: Iterable<EntityUid>, self: Name | undefined): readonly Name[] {
    const found = new Set<Name>();
    for (const uid of uids) {
      const name = this.#names.get(uid);
      if (name !== undefined && name !== self) found.add(name);
    }
    return found.size === 0 ? NONE : [...found];
  }
}
