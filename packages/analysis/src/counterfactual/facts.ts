import type { Entities, Entity, EntityData, EntityUid, Request } from "@cordon/engine";
import type { ProjectEntities } from "@cordon/pdp/pipeline";

/** All that one decision rests on: the request with its context, and the entities. */
export interface Facts {
  readonly request: Request;
  readonly entities: FactEntities;
}

/**
 * Entities of which some can be other than they are. `complete` is false where only some are known, as of a
 * recorded decision: of an entity that is not there, nothing can then be said.
 */
export class FactEntities implements Entities {
  readonly complete: boolean;
  readonly #base: ProjectEntities;
  readonly #changed: ReadonlyMap<string, EntityData>;
  readonly #view: Entities;

  constructor(
    base: ProjectEntities,
    options: { changed?: ReadonlyMap<string, EntityData>; complete?: boolean } = {},
  ) {
    this.#base = base;
    this.#changed = options.changed ?? new Map();
    this.complete = options.complete ?? true;
    this.#view = this.#changed.size === 0 ? base : base.overlay(this.#changed.values());
  }

  get(uid: EntityUid): Entity | undefined {
    return this.#view.get(uid);
  }

  /** @throws EngineError `entity_cycle` */
  with(changed: Iterable<EntityData>): FactEntities {
    const all = new Map(this.#changed);
    for (const data of changed) all.set(data.uid.key, data);
    return new FactEntities(this.#base, { changed: all, complete: this.complete });
  }

  /** Every entity, in the order of the store; none where the store can't tell. */
  *all(): Generator<Entity> {
    if (isIterable(this.#base)) for (const { uid } of this.#base) yield this.#view.get(uid) as Entity;
    for (const { uid } of this.#changed.values()) {
      const entity = this.#view.get(uid);
      if (entity !== undefined && this.#base.get(uid) === undefined) yield entity;
    }
  }
}

function isIterable(entities: Entities): entities is Entities & Iterable<Entity> {
  return Symbol.iterator in entities;
}
