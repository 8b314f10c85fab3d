import type { EntityUid } from "../value/entity-uid.js";
import { closeOver, cycleError } from "./closure.js";
import { StoredEntity } from "./stored-entity.js";
import type { Entities, Entity, EntityData } from "./types.js";
import { UidMap } from "./uid-map.js";

/** A base and, over it, the entities of one request. An entity of the overlay replaces the base's. */
export class EntityOverlay implements Entities {
  readonly #base: Entities;
  readonly #added = new UidMap<StoredEntity>();
  /** Overlay entities that have parents other than their base entity: below them, closures change. */
  readonly #moved: EntityUid[] = [];
  readonly #reclosed = new UidMap<Entity>();

  constructor(base: Entities, extra: Iterable<EntityData>) {
    this.#base = base;
    for (const data of extra) this.#added.set(data.uid, StoredEntity.from(data));
    for (const entity of [...this.#added.values()]) {
      const ancestors = this.#closureOf(entity);
      if (ancestors.has(entity.uid.key)) throw cycleError(entity.uid);
      this.#added.set(entity.uid, entity.withAncestors(ancestors));
      if (!sameUids(base.get(entity.uid)?.parents ?? [], entity.parents)) this.#moved.push(entity.uid);
    }
  }

  get(uid: EntityUid): Entity | undefined {
    const added = this.#added.get(uid);
    if (added !== undefined) return added;
    const entity = this.#base.get(uid);
    if (entity === undefined || !this.#moved.some((moved) => entity.isIn(moved))) return entity;
    return this.#reclosed.get(uid) ?? this.#reclose(entity);
  }

  #reclose(entity: Entity): Entity {
    const reclosed = new StoredEntity(entity, this.#closureOf(entity));
    this.#reclosed.set(entity.uid, reclosed);
    return reclosed;
  }

  #closureOf(entity: Entity): Map<string, EntityUid> {
    return closeOver(entity.parents, (uid) => (this.#added.get(uid) ?? this.#base.get(uid))?.parents);
  }
}

function sameUids(a: readonly EntityUid[], b: readonly EntityUid[]): boolean {
  return a.length === b.length && a.every((uid, index) => b[index]?.equals(uid));
}
