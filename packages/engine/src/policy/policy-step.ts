import type { CompiledPolicy } from "./compiled.js";
import { type Difference, type PolicyTable, PolicyVersion } from "./policy-version.js";
import { ScopeIndex } from "./scope-index.js";

/** So many vacant places never matter. */
const MOST_VACANT = 100;

/** How to come from a version to one that is nearer to where the table is. */
class Step implements Difference {
  readonly to: PolicyVersion;
  readonly removed: readonly CompiledPolicy[];
  readonly added: readonly CompiledPolicy[];

  constructor(to: PolicyVersion, removed: readonly CompiledPolicy[], added: readonly CompiledPolicy[]) {
    this.to = to;
    this.removed = removed;
    this.added = added;
  }

  /** Goes step by step, and leaves at each version it passes the way to the next. */
  turn(version: PolicyVersion): PolicyTable {
    const way: PolicyVersion[] = [];
    let holder = version;
    while (holder.at instanceof Step) {
      way.push(holder);
      holder = holder.at.to;
    }
    const table = holder.at as PolicyTable;
    for (const next of way.reverse()) {
      // The step leads away from the version; coming to it undoes the step.
      const { removed, added } = next.at as Step;
      change(table, added, removed);
      holder.at = new Step(next, added, removed);
      next.at = table;
      holder = next;
    }
    return table;
  }
}

/** Another version, without some policies of this one and with others. */
export function versionWith(
  version: PolicyVersion,
  removed: readonly CompiledPolicy[],
  added: readonly CompiledPolicy[],
): PolicyVersion {
  return new PolicyVersion(new Step(version, added, removed));
}

function change(
  table: PolicyTable,
  removed: readonly CompiledPolicy[],
  added: readonly CompiledPolicy[],
): void {
  const { byId } = table;
  for (const policy of removed) {
    byId.delete(policy.id);
    table.index.delete(policy);
  }
  for (const policy of added) {
    byId.set(policy.id, policy);
    table.index.add(policy);
  }
  table.vacant += removed.length;
  // Which costs, spread over the removals before, no more than each of them did.
  if (table.vacant <= byId.size + MOST_VACANT) return;
  table.index = new ScopeIndex(byId.values());
  table.vacant = 0;
}
