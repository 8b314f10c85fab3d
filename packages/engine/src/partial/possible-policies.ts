import type { CompiledPolicy } from "../policy/compiled.js";
import type { ScopeIndex, Sought } from "../policy/scope-index.js";
import { EntityUid } from "../value/entity-uid.js";
import type { PartialEntities, PartialRequest, UnknownEntity } from "./types.js";

/** The policies that may apply, by what is known of the request. */
export function possiblePolicies(
  index: ScopeIndex,
  { principal, action, resource }: PartialRequest,
  entities: PartialEntities,
): CompiledPolicy[] {
  return index.possible(seek(action, entities), seek(principal, entities), seek(resource, entities));
}

/** Of an entity that is known in part, the ancestors aren't asked for: to find them out may be work. */
function seek(part: EntityUid | UnknownEntity, entities: PartialEntities): Sought {
  if (!(part instanceof EntityUid)) return { type: part.type };
  const entity = entities.get(part);
  if (entity !== undefined && "partial" in entity) return { uid: part, entity: undefined, isOpen: true };
  return { uid: part, entity, isOpen: false };
}
