import type { CompiledPolicy } from "./compiled.js";
import { ScopeIndex } from "./scope-index.js";
import type { PolicyId } from "./types.js";

/** Policies by id, and by scope. Which ones changes as different versions are asked. */
export class PolicyTable {
  readonly byId = new Map<PolicyId, CompiledPolicy>();
  index: ScopeIndex;
  /** How many places the index keeps for policies that it no longer has, at most. */
  vacant = 0;

  constructor(policies: readonly CompiledPolicy[]) {
    for (const policy of policies) this.byId.set(policy.id, policy);
    this.index = new ScopeIndex(policies);
  }
}

/** How a version differs from another, which is nearer to where the table is. */
export interface Difference {
  /** Brings the table to the version that differs. */
  turn(version: PolicyVersion): PolicyTable;
}

/**
 * A set of policies that never changes, though all versions share one table: it stands at the version that
 * was asked last, and every other knows how it differs. So a change costs what it changes, asking one version
 * again and again costs nothing more, and a version that nobody holds is forgotten.
 */
export class PolicyVersion {
  at: PolicyTable | Difference;

  constructor(at: PolicyTable | Difference) {
    this.at = at;
  }

  get index(): ScopeIndex {
    return this.#table().index;
  }

  get size(): number {
    return this.#table().byId.size;
  }

  get(id: PolicyId): CompiledPolicy | undefined {
    return this.#table().byId.get(id);
  }

  /** In the order of the set. */
  policies(): CompiledPolicy[] {
    return [...this.#table().byId.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  #table(): PolicyTable {
    return this.at instanceof PolicyTable ? this.at : this.at.turn(this);
  }
}
