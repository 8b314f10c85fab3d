import type { EntityUid } from "@cordon/engine";
import { PlanError } from "../plan-error.js";

/** An entity that a filter is made with, whatever the database knows. */
interface Placed {
  readonly uid: EntityUid;
  readonly parents: Iterable<EntityUid>;
}

/** What others know of the hierarchy: databases and the like. */
export interface HierarchyElsewhere {
  /** Whether they know, of entities of the one type, which parents of the other they have. */
  ownsParents(type: string, parent: string): boolean;
  /** Whether they know of any parents of entities of the type. */
  ownsAny(type: string): boolean;
  /** Whether, by what they know, entities of the one type may be below those of the other. */
  reaches(type: string, ancestor: string): boolean;
}

interface Edge {
  readonly child: EntityUid;
  readonly parent: EntityUid;
}

/** The hierarchy of what is in no database, downwards: a row below one of these is below what is above it, too. */
export class Descendants {
  readonly #elsewhere: HierarchyElsewhere;
  readonly #children = new Map<string, EntityUid[]>();
  /** Edges below an entity whose own parents are known elsewhere. */
  readonly #hanging: Edge[] = [];

  constructor(entities: Iterable<Placed>, elsewhere: HierarchyElsewhere) {
    this.#elsewhere = elsewhere;
    for (const { uid, parents } of entities) {
      for (const parent of parents) this.#add(uid, parent);
    }
  }

  #add(child: EntityUid, parent: EntityUid): void {
    // Who owns such parents overrules what is said of them here.
    if (this.#elsewhere.ownsParents(child.type, parent.type)) return;
    const siblings = this.#children.get(parent.key);
    if (siblings === undefined) this.#children.set(parent.key, [child]);
    else siblings.push(child);
    if (this.#elsewhere.ownsAny(parent.type)) this.#hanging.push({ child, parent });
  }

  /**
   * Everything known here to be below an entity, at any depth.
   *
   * @throws PlanError `not_known` where something hangs below what is below the entity only by what others know
   */
  of(uid: EntityUid): Iterable<EntityUid> {
    const found = new Map<string, EntityUid>();
    const queue = [uid];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const child of this.#children.get(at.key) ?? []) {
        if (found.has(child.key)) continue;
        found.set(child.key, child);
        queue.push(child);
      }
    }
    const lost = this.#hanging.find(
      ({ parent }) =>
        !parent.equals(uid) && !found.has(parent.key) && this.#elsewhere.reaches(parent.type, uid.type),
    );
    if (lost === undefined) return found.values();
    throw new PlanError(
      "not_known",
      `\`${lost.child}\` is in \`${lost.parent}\` by the project's files, and only a source knows what that is in`,
      { help: "keep the parents of both in one place" },
    );
  }
}
