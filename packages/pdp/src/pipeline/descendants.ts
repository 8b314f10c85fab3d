import type { Entity, EntityUid } from "@cordon/engine";
import { Descendants } from "@cordon/planner";
import type { ProjectEntities, Snapshot } from "./snapshot.js";

const bySnapshot = new WeakMap<Snapshot, Descendants>();

/**
 * Everything in the project's files below an entity: a row whose parent is one of these is below it, too, and no
 * database knows.
 *
 * @throws PlanError where files hang below what a source hangs below the entity
 */
export function descendantsOf(snapshot: Snapshot, uid: EntityUid): Iterable<EntityUid> {
  let descendants = bySnapshot.get(snapshot);
  if (descendants === undefined) {
    descendants = lookDown(snapshot);
    bySnapshot.set(snapshot, descendants);
  }
  return descendants.of(uid);
}

function lookDown({ store, live }: Snapshot): Descendants {
  const sources = live?.relevance.sources;
  return new Descendants(entitiesOf(store), {
    ownsParents: (type, parent) => sources?.routes.get(type)?.parents.has(parent) === true,
    ownsAny: (type) => (sources?.routes.get(type)?.parents.size ?? 0) > 0,
    reaches: (type, ancestor) => sources?.reaches(type, ancestor) === true,
  });
}

function entitiesOf(store: ProjectEntities): Iterable<Entity> {
  if (Symbol.iterator in store) return store as Iterable<Entity>;
  throw new TypeError("a plan needs entities that can be gone through");
}
