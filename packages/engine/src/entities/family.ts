import type { EntityUid } from "../value/entity-uid.js";
import { Lineage } from "./lineage.js";

/** Lineages that a family remembers, for further children that have the same parents. */
const REMEMBERED = 32;

/** An entity that others have as a parent, whether or not it is itself in the store. */
export class Family {
  readonly uid: EntityUid;
  readonly children = new Set<EntityUid>();
  readonly #lineages: Lineage[] = [];
  #next = 0;

  constructor(uid: EntityUid) {
    this.uid = uid;
  }

  /** The lineage that entities with these parents share. */
  lineage(parents: readonly EntityUid[]): Lineage {
    for (const lineage of this.#lineages) {
      if (!lineage.isPast && sameSequence(lineage.parents, parents)) return lineage;
    }
    const lineage = new Lineage(parents);
    this.#lineages[this.#next] = lineage;
    this.#next = (this.#next + 1) % REMEMBERED;
    return lineage;
  }
}

/** Of uids that are one object each. */
export function sameSequence(a: readonly EntityUid[], b: readonly EntityUid[]): boolean {
  return a.length === b.length && a.every((uid, index) => b[index] === uid);
}
