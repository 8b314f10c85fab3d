import { type Entities, type Entity, type EntityUid, encodeValue, type Value } from "@cordon/engine";
import { type JsonObject, type JsonValue, setMember } from "@cordon/engine/json";
import type { EntityRecord, UidJson } from "../log/index.js";
import { GivenEntity } from "./resolve.js";

/** An entity that knows where each of its attributes came from. */
export interface TracedEntity extends Entity {
  /** `caller`, `static`, or the name of a source. */
  originOf(attribute: string): string;
  /** How old what sources said of it is; undefined where none said anything. */
  fetched(): EntityRecord["fetched"];
}

/** Entities that remember which of them an evaluation looked at. */
export class RecordingEntities implements Entities {
  readonly #base: Entities;
  readonly consulted = new Set<Entity>();

  constructor(base: Entities) {
    this.#base = base;
  }

  get(uid: EntityUid): Entity | undefined {
    const entity = this.#base.get(uid);
    if (entity !== undefined) this.consulted.add(entity);
    return entity;
  }
}

/** The log's form of each entity of the project, made once a bundle. */
export type EntityRecordCache = WeakMap<Entity, EntityRecord>;

/**
 * The log's form of every entity that was consulted, with the attributes that a policy
 * can read. An entity that was looked for and not there needs no record: a replay
 * does not find it either.
 */
export function recordEntities(
  consulted: ReadonlySet<Entity>,
  attributeNames: ReadonlySet<string>,
  cache: EntityRecordCache,
): EntityRecord[] {
  const records: EntityRecord[] = [];
  for (const entity of consulted) {
    if ("originOf" in entity) {
      records.push(recordTraced(entity as TracedEntity, attributeNames));
      continue;
    }
    if (entity instanceof GivenEntity) {
      const origin = (name: string): string => (entity.given.has(name) ? "caller" : "static");
      records.push(recordEntity(entity, attributeNames, origin));
      continue;
    }
    let record = cache.get(entity);
    if (record === undefined) {
      record = recordEntity(entity, attributeNames, () => "static");
      cache.set(entity, record);
    }
    records.push(record);
  }
  return records;
}

function recordTraced(entity: TracedEntity, attributeNames: ReadonlySet<string>): EntityRecord {
  const record = recordEntity(entity, attributeNames, (name) => entity.originOf(name));
  const fetched = entity.fetched();
  return fetched === undefined ? record : { ...record, fetched };
}

function recordEntity(
  entity: Entity,
  attributeNames: ReadonlySet<string>,
  originOf: (attribute: string) => string,
): EntityRecord {
  const attrs: JsonObject = {};
  const from: Record<string, string> = {};
  for (const [name, value] of entity.attrs) {
    if (!attributeNames.has(name)) continue;
    setMember(attrs, name, encodeValue(value) as JsonValue);
    setMember(from, name, originOf(name));
  }
  const ancestors: UidJson[] = [];
  for (const ancestor of entity.ancestors()) ancestors.push(uidJson(ancestor));
  const record: EntityRecord = { uid: uidJson(entity.uid), attrs, ancestors, from };
  if (entity.tags.size > 0) record.tags = encodeMembers(entity.tags);
  return record;
}

/** Named values in Cedar's explicit JSON. */
export function encodeMembers(members: Iterable<readonly [string, Value]>): JsonObject {
  const json: JsonObject = {};
  for (const [name, value] of members) setMember(json, name, encodeValue(value) as JsonValue);
  return json;
}

export function uidJson(uid: EntityUid): UidJson {
  return { type: uid.type, id: uid.id };
}
