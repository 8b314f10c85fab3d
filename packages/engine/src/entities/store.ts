import { EngineError } from "../errors.js";
import { EntityUid } from "../value/entity-uid.js";
import type { Value } from "../value/types.js";
import { closeOver, cycleError, hasCycle } from "./closure.js";
import { Family, sameSequence } from "./family.js";
import { Lineage } from "./lineage.js";
import { EntityOverlay } from "./overlay.js";
import { RecordShapes } from "./record-shapes.js";
import { StoredEntity, toRecord } from "./stored-entity.js";
import type { Entities, Entity, EntityData } from "./types.js";
import { UidMap } from "./uid-map.js";
import { sameUids, UidSet } from "./uid-set.js";

const NO_PARENTS: readonly EntityUid[] = [];

/**
 * Entities in memory. At any moment the ancestor relation is the transitive closure of the parents
 * given so far, and has no cycle. An entity handed out stays as it is; the store replaces it.
 */
export class EntityStore implements Entities {
  readonly #entities = new UidMap<StoredEntity>();
  /** By parent, also for parents that are not (or no longer) in the store. */
  readonly #families = new UidMap<Family>();
  readonly #shapes = new RecordShapes();
  readonly #types = new Map<string, string>();
  /** While many entities are loaded: uids that attributes mention and that are no entity's or parent's yet. */
  #mentioned: UidMap<EntityUid> | undefined;

  /**
   * @throws EngineError `entity_cycle`; `entity_duplicate` for two different entities of one uid
   */
  static from(entities: Iterable<EntityData>): EntityStore {
    const store = new EntityStore();
    store.#mentioned = new UidMap();
    for (const data of entities) {
      const present = store.#entities.get(data.uid);
      if (present === undefined) store.#put(data.uid, data, undefined);
      else if (!isSame(present, data)) {
        throw new EngineError("entity_duplicate", `duplicate entity entry \`${data.uid}\``);
      }
    }
    store.#mentioned = undefined;
    store.#refuseCycles();
    return store;
  }

  get size(): number {
    return this.#entities.size;
  }

  get(uid: EntityUid): Entity | undefined {
    const entity = this.#entities.get(uid);
    if (entity?.lineage.isOpen) this.#close(entity.lineage);
    return entity;
  }

  *[Symbol.iterator](): Iterator<Entity> {
    for (const entity of this.#entities.values()) {
      if (entity.lineage.isOpen) this.#close(entity.lineage);
      yield entity;
    }
  }

  /**
   * Adds an entity or replaces the one of that uid, and updates the ancestors of its descendants.
   *
   * @throws EngineError `entity_cycle`; the store is then as it was
   */
  upsert(data: EntityData): void {
    const present = this.#entities.get(data.uid);
    const parents = data.parents ?? NO_PARENTS;
    const stays = sameUids(present?.parents ?? NO_PARENTS, parents);
    if (!stays && this.#reaches(parents, data.uid)) throw cycleError(data.uid);
    const uid = this.#put(data.uid, data, present);
    if (!stays) this.#renewDescendants(uid);
  }

  /** Whether there was such an entity. Its children keep it as a parent, but inherit nothing through it. */
  remove(uid: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    if (entity === undefined) return false;
    this.#leave(entity, NO_PARENTS);
    this.#entities.delete(uid);
    if (entity.parents.length > 0) this.#renewDescendants(entity.uid);
    return true;
  }

  /**
   * Puts an entity of the store under another parent as well.
   *
   * @returns false where there is no such entity, or that is a parent of it already
   * @throws EngineError `entity_cycle`; the store is then as it was
   */
  addParent(uid: EntityUid, parent: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    if (entity === undefined || includes(entity.parents, parent)) return false;
    this.upsert({ ...entity, parents: [...entity.parents, parent] });
    return true;
  }

  /** Takes a parent from an entity; false where it has no such parent, or there is no such entity. */
  removeParent(uid: EntityUid, parent: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    if (entity === undefined || !includes(entity.parents, parent)) return false;
    this.upsert({ ...entity, parents: entity.parents.filter((other) => !other.equals(parent)) });
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

  /** Sets an entity, and among whose children it is; the uid as this store has it. */
  #put(given: EntityUid, data: EntityData, present: StoredEntity | undefined): EntityUid {
    const uid = present?.uid ?? this.#newcomer(given);
    const families = this.#familiesOf(data.parents ?? NO_PARENTS);
    const parents = families.length === 0 ? NO_PARENTS : families.map((family) => family.uid);
    if (present !== undefined) this.#leave(present, parents);
    for (const family of families) family.children.add(uid);
    const attrs = this.#shapes.pack(toRecord(data.attrs), this.#keep);
    const stays = present !== undefined && sameSequence(present.parents, parents);
    const lineage = stays ? present.lineage : lineageOf(families, parents);
    this.#entities.set(uid, new StoredEntity(uid, attrs, toRecord(data.tags), lineage));
    return uid;
  }

  #leave(entity: StoredEntity, next: readonly EntityUid[]): void {
    for (const parent of entity.parents) {
      if (next.includes(parent)) continue;
      const family = this.#families.get(parent);
      family?.children.delete(entity.uid);
      if (family?.children.size === 0) this.#families.delete(parent);
    }
  }

  /** A parent given twice is one parent. */
  #familiesOf(parents: readonly EntityUid[]): readonly Family[] {
    const families = parents.map((parent) => this.#familyOf(parent));
    return families.length > 1 ? [...new Set(families)] : families;
  }

  #familyOf(uid: EntityUid): Family {
    let family = this.#families.get(uid);
    if (family === undefined) {
      family = new Family(this.#entities.get(uid)?.uid ?? this.#newcomer(uid));
      this.#families.set(family.uid, family);
    }
    return family;
  }

  /** One object for each uid of entities and parents, so that what is stored many times is so by reference. */
  #intern(uid: EntityUid): EntityUid {
    return this.#families.get(uid)?.uid ?? this.#entities.get(uid)?.uid ?? this.#mention(uid);
  }

  /** As `#intern`, for the uid of what is about to become an entity or a parent. */
  #newcomer(uid: EntityUid): EntityUid {
    const mentioned = this.#mentioned?.get(uid);
    // From here on it is found where it is used.
    if (mentioned !== undefined) this.#mentioned?.delete(uid);
    return mentioned ?? this.#families.get(uid)?.uid ?? this.#own(uid);
  }

  #mention(uid: EntityUid): EntityUid {
    if (this.#mentioned === undefined) return this.#own(uid);
    let mentioned = this.#mentioned.get(uid);
    if (mentioned === undefined) {
      mentioned = this.#own(uid);
      this.#mentioned.set(mentioned, mentioned);
    }
    return mentioned;
  }

  /** The uid with this store's text for its type, of which each decoded uid may have brought another copy. */
  #own(uid: EntityUid): EntityUid {
    let type = this.#types.get(uid.type);
    if (type === undefined) {
      type = uid.type;
      this.#types.set(type, type);
    }
    return EntityUid.of(type, uid.id);
  }

  /** Entities that attributes mention are kept as they are interned, as far as they are entities or parents. */
  readonly #keep = (value: Value): Value => {
    if (!(value instanceof EntityUid)) return value;
    if (this.#mentioned !== undefined) return this.#intern(value);
    return this.#families.get(value)?.uid ?? this.#entities.get(value)?.uid ?? value;
  };

  #close(lineage: Lineage): void {
    const closed = new Set<EntityUid>();
    const pending = [...lineage.parents];
    for (let uid = pending.pop(); uid !== undefined; uid = pending.pop()) {
      if (closed.has(uid)) continue;
      closed.add(uid);
      const above = this.#entities.get(uid)?.lineage;
      if (above === undefined) continue;
      if (above.isOpen) for (const parent of above.parents) pending.push(parent);
      else for (const ancestor of above.ancestors) closed.add(ancestor);
    }
    const { parents } = lineage;
    lineage.close(new UidSet(closed.size === parents.length ? parents : [...closed]));
  }

  /** Gives the descendants of an entity new lineages; those that nobody ever asked for are still to be closed anyway. */
  #renewDescendants(uid: EntityUid): void {
    const descendants = new Set<EntityUid>();
    const pending = [uid];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const child of this.#families.get(next)?.children ?? []) {
        if (descendants.has(child)) continue;
        descendants.add(child);
        pending.push(child);
      }
    }
    const stale: StoredEntity[] = [];
    for (const descendant of descendants) {
      const entity = this.#entities.get(descendant);
      if (entity === undefined || entity.lineage.isOpen) continue;
      entity.lineage.isPast = true;
      stale.push(entity);
    }
    for (const { uid: own, attrs, tags, parents } of stale) {
      const lineage = lineageOf(this.#familiesOf(parents), parents);
      this.#entities.set(own, new StoredEntity(own, attrs, tags, lineage));
    }
  }

  /** Whether `uid` is one of these, or an ancestor of one of these. */
  #reaches(uids: readonly EntityUid[], uid: EntityUid): boolean {
    if (includes(uids, uid)) return true;
    const target = this.#families.get(uid)?.uid;
    if (target === undefined) return false;
    const ancestors = closeOver(uids, (each) => this.#entities.get(each)?.parents);
    return ancestors.get(target) !== undefined;
  }

  /** Only parents can be on a cycle, and they are few; which entity is named is looked into where there is one. */
  #refuseCycles(): void {
    const parentsOf = (uid: EntityUid) => this.#entities.get(uid)?.parents;
    const parents = [...this.#families.values()].map((family) => family.uid);
    if (!hasCycle(parents, parentsOf)) return;
    for (const { uid, parents: own } of this.#entities.values()) {
      if (this.#families.get(uid) !== undefined && closeOver(own, parentsOf).get(uid) !== undefined)
        throw cycleError(uid);
    }
  }
}

/** Shared with entities that have the same parents: staff are many, their groups few. */
function lineageOf(families: readonly Family[], parents: readonly EntityUid[]): Lineage {
  let smallest = families[0];
  for (const family of families) {
    if (smallest === undefined || family.children.size < smallest.children.size) smallest = family;
  }
  return smallest?.lineage(parents) ?? Lineage.NONE;
}

function isSame(present: StoredEntity, data: EntityData): boolean {
  return (
    sameUids(present.parents, data.parents ?? NO_PARENTS) &&
    present.attrs.equals(toRecord(data.attrs)) &&
    present.tags.equals(toRecord(data.tags))
  );
}

function includes(uids: readonly EntityUid[], uid: EntityUid): boolean {
  return uids.some((each) => each.equals(uid));
}
