import type { EntityUidJson } from "../schema.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CedarRecord } from "../value/record.js";
import type { CedarValueJson, Value } from "../value/types.js";

/** An entity in a store. Its ancestor relation is transitively closed, always. */
export interface Entity {
  readonly uid: EntityUid;
  readonly attrs: CedarRecord;
  readonly tags: CedarRecord;
  /** Direct parents. */
  readonly parents: readonly EntityUid[];
  /** All proper ancestors, including ones that are not themselves in the store. */
  ancestors(): Iterable<EntityUid>;
  /** Whether `uid` is a proper ancestor; an entity is not `isIn` itself. */
  isIn(uid: EntityUid): boolean;
}

export interface Entities {
  get(uid: EntityUid): Entity | undefined;
}

/** An entity as given: direct parents only. */
export interface EntityData {
  uid: EntityUid;
  attrs?: ReadonlyMap<string, Value> | CedarRecord;
  tags?: ReadonlyMap<string, Value> | CedarRecord;
  parents?: readonly EntityUid[];
}

/** Cedar's entity JSON. */
export interface EntityJson {
  uid: EntityUidJson;
  attrs: Record<string, CedarValueJson>;
  parents: EntityUidJson[];
  tags?: Record<string, CedarValueJson>;
}
