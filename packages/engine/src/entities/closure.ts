import { EngineError } from "../errors.js";
import type { EntityUid } from "../value/entity-uid.js";
import { UidMap } from "./uid-map.js";

type ParentsOf = (uid: EntityUid) => readonly EntityUid[] | undefined;

/**
 * The transitive closure of an entity's parents, itself included only if it is its own ancestor.
 * Parents that `parentsOf` does not know are ancestors without ancestors.
 */
export function closeOver(parents: readonly EntityUid[], parentsOf: ParentsOf): UidMap<EntityUid> {
  const closed = new UidMap<EntityUid>();
  const pending = [...parents];
  for (let uid = pending.pop(); uid !== undefined; uid = pending.pop()) {
    if (closed.get(uid) !== undefined) continue;
    closed.set(uid, uid);
    for (const parent of parentsOf(uid) ?? []) pending.push(parent);
  }
  return closed;
}

/** Whether going from any of these from parent to parent comes back to where one was. Each uid must be one object. */
export function hasCycle(starts: Iterable<EntityUid>, parentsOf: ParentsOf): boolean {
  /** False while on the way up from it. */
  const left = new Map<EntityUid, boolean>();
  for (const start of starts) {
    const way: EntityUid[] = [start];
    for (let uid = way.at(-1); uid !== undefined; uid = way.at(-1)) {
      if (left.has(uid)) {
        left.set(uid, true);
        way.pop();
        continue;
      }
      left.set(uid, false);
      for (const parent of parentsOf(uid) ?? []) {
        const state = left.get(parent);
        if (state === false) return true;
        if (state === undefined) way.push(parent);
      }
    }
  }
  return false;
}

export function cycleError(uid: EntityUid): EngineError {
  return new EngineError(
    "entity_cycle",
    `transitive closure computation/enforcement error: input graph has a cycle containing vertex \`${uid}\``,
  );
}
