import type { Entities, Entity } from "../entities/types.js";
import type { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import type { Value } from "../value/types.js";
import { type PartialEntities, type PartialEntity, UNKNOWN, type Unknown } from "./types.js";

/** What was asked for and is not known. */
export type Missing =
  | { readonly kind: "attribute" | "tag"; readonly uid: EntityUid; readonly name: string }
  | { readonly kind: "ancestors"; readonly uid: EntityUid }
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "variable" };

/**
 * Thrown by data that is only partly known, when an operator asks for a part that isn't; so the operators need
 * not know of it. Not an Error, as Failure is none.
 */
export class NotKnown {
  readonly missing: Missing;

  constructor(missing: Missing) {
    this.missing = missing;
  }
}

/** A record that throws NotKnown for members that are not known. It answers questions by name, and no others. */
export class PartialRecord extends CedarRecord {
  readonly #lookUp: (name: string) => Value | undefined | Unknown;
  readonly #missing: (name: string) => Missing;

  constructor(lookUp: (name: string) => Value | undefined | Unknown, missing: (name: string) => Missing) {
    super(new Map());
    this.#lookUp = lookUp;
    this.#missing = missing;
  }

  override get(name: string): Value | undefined {
    const value = this.#lookUp(name);
    if (value === UNKNOWN) throw new NotKnown(this.#missing(name));
    return value;
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/**
 * Partly known entities as operators see them. An unknown ancestor counts as none, and is remembered: one that is
 * known to be an ancestor still makes `in` true, so only whoever gets false must look at `takeDoubt`.
 */
export class KnownEntities implements Entities {
  readonly #entities: PartialEntities;
  #doubt: EntityUid | undefined;

  constructor(entities: PartialEntities) {
    this.#entities = entities;
  }

  get(uid: EntityUid): Entity | undefined {
    const entity = this.#entities.get(uid);
    return entity !== undefined && "partial" in entity ? this.#view(entity) : entity;
  }

  /** Whether an entity is known in part only. */
  isPartial(uid: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    return entity !== undefined && "partial" in entity;
  }

  /** Whether an attribute is known to be unknown, for those who would rather ask than catch. */
  lacks(uid: EntityUid, attribute: string): boolean {
    const entity = this.#entities.get(uid);
    return entity !== undefined && "partial" in entity && entity.attribute(attribute) === UNKNOWN;
  }

  /** Whether all ancestors of an entity are known. */
  knowsAncestors(uid: EntityUid): boolean {
    const entity = this.#entities.get(uid);
    return entity === undefined || !("partial" in entity) || entity.ancestors() !== UNKNOWN;
  }

  /** Of which entity an ancestor was asked for and not known since this was last called. */
  takeDoubt(): EntityUid | undefined {
    const doubt = this.#doubt;
    this.#doubt = undefined;
    return doubt;
  }

  #view(entity: PartialEntity): Entity {
    const { uid } = entity;
    return {
      uid,
      attrs: new PartialRecord(
        (name) => entity.attribute(name),
        (name) => ({ kind: "attribute", uid, name }),
      ),
      tags: new PartialRecord(
        (name) => entity.tag(name),
        (name) => ({ kind: "tag", uid, name }),
      ),
      parents: [],
      ancestors: () => [],
      isIn: (ancestor) => {
        const known = entity.isIn(ancestor);
        if (known === UNKNOWN) this.#doubt ??= uid;
        return known === true;
      },
    };
  }
}
