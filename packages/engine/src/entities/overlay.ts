import type { EntityUid } from "../value/entity-uid.js";
import { closeOver, cycleError } from "./closure.js";
import { Lineage } from "./lineage.js";
import { StoredEntity, toRecord } from "./stored-entity.js";
import type { Entities, Entity, EntityData } from "./types.js";
import { UidMap } from "./uid-map.js";
import { UidSet } from "./uid-set.js";

/** A base and, over it, the entities of one request. An entity of the overlay replaces the base's. */
export class EntityOverlay implements Entities {
  readonly #base: Entities;
  readonly #given = new UidMap<readonly EntityUid[]>();
  readonly #added = new UidMap<StoredEntity>();
  /** Overlay entities that have parents other than their base entity: below them, closures change. */
  readonly #moved: EntityUid[] = [];
  #reclosed: UidMap<Entity> | undefined;

  constructor(base: Entities, extra: Iterable<EntityData>) {
    this.#base = base;
    const entities = [...extra];
    for (const { uid, parents } of entities) this.#given.set(uid, parents ?? []);
    for (const { uid, attrs, tags } of entities) {
      const parents = this.#given.get(uid) ?? [];
      const lineage = this.#lineageOf(uid, parents);
      this.#added.set(uid, new StoredEntity(uid, toRecord(attrs), toRecord(tags), lineage));
      if (!sameUids(base.get(uid)?.parents ?? [], parents)) this.#moved.push(uid);
    }
  }

  get(uid: EntityUid): Entity | undefined {
    const added = this.#added.get(uid);
    if (added !== undefined) return added;
    const entity = this.#base.get(uid);
    if (entity === undefined || this.#moved.length === 0) return entity;
    if (!this.#moved.some((moved) => entity.isIn(moved))) return entity;
    return this.#reclosed?.get(uid) ?? this.#reclose(entity);
  }

  #reclose(entity: Entity): Entity {
    const { uid, attrs, tags, parents } = entity;
    const reclosed = new StoredEntity(uid, attrs, tags, this.#lineageOf(uid, parents));
    this.#reclosed ??= new UidMap();
    this.#reclosed.set(uid, reclosed);
    return reclosed;
  }

  #lineageOf(uid: EntityUid, parents: readonly EntityUid[]): Lineage {
    if (parents.length === 0) return Lineage.NONE;
    const ancestors = closeOver(parents, (each) => this.#given.get(each) ?? this.#base.get(each)?.parents);
    if (ancestors.get(uid) !== undefined) throw cycleError(uid);
    return new Lineage(parents, new UidSet([...ancestors.values()]));
  }
}

function sameUids(a: readonly EntityUid[], b: readonly EntityUid[]): boolean {
  return a.length === b.length && a.every((uid, index) => b[index]?.equals(uid));
}
