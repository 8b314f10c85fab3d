import type { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import type { Value } from "../value/types.js";
import type { Lineage } from "./lineage.js";
import type { Entity } from "./types.js";

/** An entity whose ancestors are known to the store that holds it. Never changes: the store replaces it. */
export class StoredEntity implements Entity {
  readonly uid: EntityUid;
  readonly attrs: CedarRecord;
  readonly tags: CedarRecord;
  readonly lineage: Lineage;

  constructor(uid: EntityUid, attrs: CedarRecord, tags: CedarRecord, lineage: Lineage) {
    this.uid = uid;
    this.attrs = attrs;
    this.tags = tags;
    this.lineage = lineage;
  }

  get parents(): readonly EntityUid[] {
    return this.lineage.parents;
  }

  ancestors(): Iterable<EntityUid> {
    return this.lineage.ancestors;
  }

  isIn(uid: EntityUid): boolean {
    return this.lineage.ancestors.has(uid);
  }
}

export function toRecord(given: ReadonlyMap<string, Value> | CedarRecord | undefined): CedarRecord {
  if (given === undefined || given.size === 0) return CedarRecord.EMPTY;
  return given instanceof CedarRecord ? given : CedarRecord.of(given);
}
