import type { Entity, EntityUid } from "@cordon/engine";
import { malformed } from "./admission.js";
import type { ProjectEntities, Snapshot } from "./snapshot.js";

interface Edge {
  readonly child: EntityUid;
  readonly parent: EntityUid;
}

/** The hierarchy of the project's files downwards, where a database knows its own part of it. */
interface Downwards {
  readonly children: ReadonlyMap<string, readonly EntityUid[]>;
  /** Edges below an entity whose own parents a source knows. */
  readonly belowLive: readonly Edge[];
}

const bySnapshot = new WeakMap<Snapshot, Downwards>();

/**
 * Everything in the project's files below an entity: a row whose parent is one of these is below it, too, and no
 * database knows.
 *
 * @throws RequestError `not_plannable` where files hang below what a source hangs below the entity
 */
export function descendantsOf(snapshot: Snapshot, uid: EntityUid): Iterable<EntityUid> {
  const { children, belowLive } = downwardsOf(snapshot);
  const found = new Map<string, EntityUid>();
  const queue = [uid];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const child of children.get(at.key) ?? []) {
      if (found.has(child.key)) continue;
      found.set(child.key, child);
      queue.push(child);
    }
  }
  const sources = snapshot.live?.relevance.sources;
  const lost = belowLive.find(
    ({ parent }) =>
      !parent.equals(uid) && !found.has(parent.key) && sources?.reaches(parent.type, uid.type) === true,
  );
  if (lost === undefined) return found.values();
  throw malformed(
    "not_plannable",
    `\`${lost.child}\` is in \`${lost.parent}\` by the project's files, and only a source knows what that is in`,
    "",
    "keep the parents of both in one place",
  );
}

function downwardsOf(snapshot: Snapshot): Downwards {
  let downwards = bySnapshot.get(snapshot);
  if (downwards === undefined) {
    downwards = lookDown(snapshot);
    bySnapshot.set(snapshot, downwards);
  }
  return downwards;
}

function lookDown({ store, live }: Snapshot): Downwards {
  const routes = live?.relevance.sources.routes;
  const children = new Map<string, EntityUid[]>();
  const belowLive: Edge[] = [];
  for (const { uid: child, parents } of entitiesOf(store)) {
    for (const parent of parents) {
      // A source that owns such parents overrules the files.
      if (routes?.get(child.type)?.parents.has(parent.type)) continue;
      const siblings = children.get(parent.key);
      if (siblings === undefined) children.set(parent.key, [child]);
      else siblings.push(child);
      if ((routes?.get(parent.type)?.parents.size ?? 0) > 0) belowLive.push({ child, parent });
    }
  }
  return { children, belowLive };
}

function entitiesOf(store: ProjectEntities): Iterable<Entity> {
  if (Symbol.iterator in store) return store as Iterable<Entity>;
  throw new TypeError("a plan needs entities that can be gone through");
}
