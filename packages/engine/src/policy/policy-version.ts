import type { CompiledPolicy } from "./compiled.js";
import { ScopeIndex } from "./scope-index.js";
import type { PolicyId } from "./types.js";

/** Policies by id, and by scope. Which ones changes as different versions are asked. */
class PolicyTable {
  readonly byId = new Map<PolicyId, CompiledPolicy>();
  index = new ScopeIndex();
  /** How many places the index keeps for policies that it no longer has, at most. */
  #vacant = 0;

  change(removed: readonly CompiledPolicy[], added: Iterable<CompiledPolicy>): void {
    for (const policy of removed) {
      this.byId.delete(policy.id);
      this.index.delete(policy);
    }
    for (const policy of added) {
      this.byId.set(policy.id, policy);
      this.index.add(policy);
    }
    this.#vacant += removed.length;
    if (this.#vacant > this.byId.size + MOST_VACANT) this.#tidy();
  }

  /** Which costs, spread over the removals before, no more than each of them did. */
  #tidy(): void {
    this.index = new ScopeIndex(this.byId.values());
    this.#vacant = 0;
  }
}

/** So many vacant places never matter. */
const MOST_VACANT = 100;

/** How to come from a version to one that is nearer to where the table is. */
interface Step {
  readonly to: PolicyVersion;
  readonly removed: readonly CompiledPolicy[];
  readonly added: readonly CompiledPolicy[];
}

/**
 * A set of policies that never changes, though all versions share one table: it stands at the version that
 * was asked last, and every other knows how it differs. So a change costs what it changes, asking one version
 * again and again costs nothing more, and a version that nobody holds is forgotten.
 */
export class PolicyVersion {
  #at: PolicyTable | Step;

  private constructor(at: PolicyTable | Step) {
    this.#at = at;
  }

  static of(policies: Iterable<CompiledPolicy>): PolicyVersion {
    const table = new PolicyTable();
    table.change([], policies);
    return new PolicyVersion(table);
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

  /** Another version, without some policies of this one and with others. */
  with(removed: readonly CompiledPolicy[], added: readonly CompiledPolicy[]): PolicyVersion {
    return new PolicyVersion({ to: this, removed: added, added: removed });
  }

  #table(): PolicyTable {
    return this.#at instanceof PolicyTable ? this.#at : this.#turn();
  }

  /** Brings the table here, step by step, and leaves at each version it passes the way to the next. */
  #turn(): PolicyTable {
    const way: PolicyVersion[] = [];
    let holder: PolicyVersion = this;
    while (!(holder.#at instanceof PolicyTable)) {
      way.push(holder);
      holder = holder.#at.to;
    }
    const table = holder.#at;
    for (let version = way.pop(); version !== undefined; version = way.pop()) {
      const { removed, added } = version.#at as Step;
      // The step leads away from the version; coming to it undoes the step.
      table.change(added, removed);
      holder.#at = { to: version, removed: added, added: removed };
      version.#at = table;
      holder = version;
    }
    return table;
  }
}
