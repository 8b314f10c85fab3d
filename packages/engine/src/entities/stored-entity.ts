import type { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import type { Value } from "../value/types.js";
import type { Entity, EntityData } from "./types.js";

type Ancestors = ReadonlyMap<string, EntityUid>;

const NO_ANCESTORS: Ancestors = new Map();

/** An entity whose ancestors have been computed by the store that holds it. */
export class StoredEntity implements Entity {
  readonly uid: EntityUid;
  readonly attrs: CedarRecord;
  readonly tags: CedarRecord;
  readonly parents: readonly EntityUid[];
  readonly #ancestors: Ancestors;

  constructor(
    data: Required<Omit<EntityData, "attrs" | "tags">> & { attrs: CedarRecord; tags: CedarRecord },
    ancestors: Ancestors = NO_ANCESTORS,
  ) {
    this.uid = data.uid;
    this.attrs = data.attrs;
    this.tags = data.tags;
    this.parents = data.parents;
    this.#ancestors = ancestors;
  }

  static from(data: EntityData, ancestors: Ancestors = NO_ANCESTORS): StoredEntity {
    const parents = data.parents ?? [];
    return new StoredEntity(
      { uid: data.uid, attrs: toRecord(data.attrs), tags: toRecord(data.tags), parents },
      ancestors,
    );
  }

  withAncestors(ancestors: Ancestors): StoredEntity {
    return new StoredEntity(this, ancestors);
  }

  ancestors(): Iterable<EntityUid> {
    return this.#ancestors.values();
  }

  isIn(uid: EntityUid): boolean {
    return this.#ancestors.has(uid.key);
  }
}

function toRecord(given: ReadonlyMap<string, Value> | CedarRecord | undefined): CedarRecord {
  if (given === undefined) return CedarRecord.EMPTY;
  return given instanceof CedarRecord ? given : CedarRecord.of(given);
}
