import { EngineError } from "../errors.js";
import type { EntityUid } from "../value/entity-uid.js";
import { valuesEqual } from "../value/equality.js";
import { closeOver, cycleError } from "./closure.js";
import { EntityOverlay } from "./overlay.js";
import { StoredEntity } from "./stored-entity.js";
import type { Entities, Entity, EntityData } from "./types.js";
import { UidMap } from "./uid-map.js";

/**
 * Entities in memory. At any moment the ancestor relation is the transitive closure of the parents
 * given so far, and has no cycle.
 */
export class EntityStore implements Entities {
  readonly #entities = new UidMap<StoredEntity>();
  /** Children by parent, also for parents that are not (or no longer) in the store. */
  readonly #children = new UidMap<UidMap<EntityUid>>();

  /**
   * @throws EngineError `entity_cycle`; `entity_duplicate` for two different entities of one uid
   */
  static from(entities: Iterable<EntityData>): EntityStore {
    const store = new EntityStore();
    for (const data of entities) {
      const entity = StoredEntity.from(data);
      const present = store.#entities.get(entity.uid);
      if (present === undefined) store.#insert(entity);
      else if (!sameEntity(present, entity)) {
        throw new EngineError("entity_duplicate", `duplicate entity entry \`${entity.uid}\``);
      }
    }
    store.#closeAll();
    return store;
  }

  get size(): number {
    return this.#entities.size;
  }

  get(uid: EntityUid): Entity | undefined {
    return this.#entities.get(uid);
  }

  [Symbol.iterator](): Iterator<Entity> {
    return this.#entities.values();
  }

  /**
   * Adds an entity or replaces the one of that uid, and updates the ancestors of its descendants.
   *
   * @throws EngineError `entity_cycle`; the store is then as it was
   */
  upsert(data: EntityData): void {
    const entity = StoredEntity.from(data);
    const ancestors = closeOver(entity.parents, (uid) =>
      uid.equals(entity.uid) ? undefined : this.#entities.get(uid)?.parents,
    );
    if (ancestors.has(entity.uid.key)) throw cycleError(entity.uid);
    const before = this.#entities.get(entity.uid);
    if (before !== undefined) this.#unlink(before);
    this.#insert(entity.withAncestors(ancestors));
    if (before === undefined || !sameParents(before, entity)) this.#closeDescendants(entity.uid);
  }

  /** Whether there was such an entity. Its children keep it as a parent, but inherit nothing through it. */
  remove(uid: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    if (entity === undefined) return false;
    this.#unlink(entity);
    this.#entities.delete(uid);
    this.#closeDescendants(uid);
    return true;
  }

  /**
   * This store with entities added or replaced for one request. The store itself is untouched; the cost
   * is that of the entities added.
   *
   * @throws EngineError `entity_cycle`
   */
  overlay(extra: Iterable<EntityData>): Entities {
    return new EntityOverlay(this, extra);
  }

  #insert(entity: StoredEntity): void {
    this.#entities.set(entity.uid, entity);
    for (const parent of entity.parents) {
      let children = this.#children.get(parent);
      if (children === undefined) {
        children = new UidMap();
        this.#children.set(parent, children);
      }
      children.set(entity.uid, entity.uid);
    }
  }

  #unlink(entity: StoredEntity): void {
    for (const parent of entity.parents) {
      const children = this.#children.get(parent);
      children?.delete(entity.uid);
      if (children?.size === 0) this.#children.delete(parent);
    }
  }

  #closeDescendants(uid: EntityUid): void {
    const descendants = closeOver([...this.#childrenOf(uid)], (child) => [...this.#childrenOf(child)]);
    for (const descendant of descendants.values()) {
      const entity = this.#entities.get(descendant);
      if (entity !== undefined) this.#entities.set(descendant, entity.withAncestors(this.#closureOf(entity)));
    }
  }

  #closureOf(entity: StoredEntity): Map<string, EntityUid> {
    return closeOver(entity.parents, (uid) => this.#entities.get(uid)?.parents);
  }

  *#childrenOf(uid: EntityUid): Generator<EntityUid> {
    yield* this.#children.get(uid)?.values() ?? [];
  }

  /** Entities with the same parents share one closure: staff are many, their groups few. */
  #closeAll(): void {
    const shared = new Map<string, Map<string, EntityUid>>();
    for (const entity of [...this.#entities.values()]) {
      if (entity.parents.length === 0) continue;
      const [only] = entity.parents;
      const parentsKey =
        only !== undefined && entity.parents.length === 1
          ? only.key
          : JSON.stringify(entity.parents.map((parent) => parent.key));
      let ancestors = shared.get(parentsKey);
      if (ancestors === undefined) {
        ancestors = this.#closureOf(entity);
        shared.set(parentsKey, ancestors);
      }
      if (ancestors.has(entity.uid.key)) throw cycleError(entity.uid);
      this.#entities.set(entity.uid, entity.withAncestors(ancestors));
    }
  }
}

function sameEntity(a: Entity, b: Entity): boolean {
  return sameParents(a, b) && valuesEqual(a.attrs, b.attrs) && valuesEqual(a.tags, b.tags);
}

function sameParents(a: Entity, b: Entity): boolean {
  const keys = new Set(a.parents.map((parent) => parent.key));
  const others = new Set(b.parents.map((parent) => parent.key));
  return keys.size === others.size && [...keys].every((key) => others.has(key));
}
