import type { CompiledPolicy } from "../policy/compiled.js";
import type { ScopeIndex } from "../policy/scope-index.js";
import { possibleCandidates, type Sought } from "../policy/scope-possible.js";
import { EntityUid } from "../value/entity-uid.js";
import type { PartialEntities, PartialRequest, UnknownEntity } from "./types.js";

/** The policies that may apply, by what is known of the request. */
export function possiblePolicies(
  index: ScopeIndex,
  { principal, action, resource }: PartialRequest,
  entities: PartialEntities,
): CompiledPolicy[] {
  return possibleCandidates(
    index,
    seek(action, entities),
    seek(principal, entities),
    seek(resource, entities),
  );
}

/** Of an entity that is known in part, the ancestors aren't asked for: to find them out may be work. */
function seek(part: EntityUid | UnknownEntity, entities: PartialEntities): Sought {
  const { type } = part;
  if (!(part instanceof EntityUid)) return { type, isOpen: true };
  const entity = entities.get(part);
  if (entity !== undefined && "partial" in entity) return { type, uid: part, isOpen: true };
  return { type, uid: part, entity, isOpen: false };
}
