import { EngineError } from "../errors.js";
import type { EntityUid } from "../value/entity-uid.js";

/**
 * The transitive closure of an entity's parents, itself included only if it is its own ancestor.
 * Parents that `parentsOf` does not know are ancestors without ancestors.
 */
export function closeOver(
  parents: readonly EntityUid[],
  parentsOf: (uid: EntityUid) => readonly EntityUid[] | undefined,
): Map<string, EntityUid> {
  const closed = new Map<string, EntityUid>();
  const pending = [...parents];
  for (let uid = pending.pop(); uid !== undefined; uid = pending.pop()) {
    if (closed.has(uid.key)) continue;
    closed.set(uid.key, uid);
    pending.push(...(parentsOf(uid) ?? []));
  }
  return closed;
}

export function cycleError(uid: EntityUid): EngineError {
  return new EngineError(
    "entity_cycle",
    `transitive closure computation/enforcement error: input graph has a cycle containing vertex \`${uid}\``,
  );
}
