import type { EntityUid } from "../value/entity-uid.js";
import { UidSet } from "./uid-set.js";

/**
 * Parents, and all ancestors that come of them: what entities with the same parents share. The ancestors are
 * found when an entity is first asked for; whoever holds an entity holds a closed lineage, which never changes.
 */
export class Lineage {
  static readonly NONE = new Lineage([], UidSet.EMPTY);
  readonly parents: readonly EntityUid[];
  #ancestors: UidSet | undefined;
  /** Some ancestor has other parents now: this is what entities had, not what they have. */
  isPast = false;

  constructor(parents: readonly EntityUid[], ancestors?: UidSet) {
    this.parents = parents;
    this.#ancestors = ancestors;
  }

  get isOpen(): boolean {
    return this.#ancestors === undefined;
  }

  get ancestors(): UidSet {
    if (this.#ancestors === undefined) throw new Error("an entity was handed out without its ancestors");
    return this.#ancestors;
  }

  close(ancestors: UidSet): void {
    this.#ancestors = ancestors;
  }
}
