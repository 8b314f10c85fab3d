import type { EntityInput } from "../decider.js";

/** An application's own object may stand for an entity; what else it holds doesn't belong in a request. */
export function bareEntity(entity: EntityInput): EntityInput {
  if (typeof entity === "string") return entity;
  const { type, id, properties } = entity;
  return properties === undefined ? { type, id } : { type, id, properties };
}
