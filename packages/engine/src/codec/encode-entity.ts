import { encodeRecord } from "../codec/encode-value.js";
import type { Entity, EntityJson } from "../entities/types.js";

/** Cedar's entity JSON, explicit and lossless. `tags` is left out where there are none. */
export function encodeEntity(entity: Entity): EntityJson {
  return {
    uid: { type: entity.uid.type, id: entity.uid.id },
    attrs: encodeRecord(entity.attrs),
    parents: entity.parents.map(({ type, id }) => ({ type, id })),
    ...(entity.tags.size === 0 ? {} : { tags: encodeRecord(entity.tags) }),
  };
}
